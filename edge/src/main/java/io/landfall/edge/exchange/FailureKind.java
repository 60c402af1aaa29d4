package io.landfall.edge.exchange;

import io.landfall.decision.Reason;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt on a backend or a node failed: what it means for the client (status) and what
 * Proxy-Status calls it (RFC 9209 section 2.3).
 */
public enum FailureKind {
  REFUSED(502, "connection_refused", "the connection was refused"),
  CONNECT_TIMEOUT(504, "connection_timeout", "the connection was not accepted in time"),
  TLS_CERTIFICATE(502, "tls_certificate_error", "its certificate is not accepted"),
  TLS_ALERT(502, "tls_alert_received", "it ended the TLS handshake with an alert"),
  TLS_FAILED(502, "tls_protocol_error", "the TLS handshake with it failed"),
  ALPN_REFUSED(502, "tls_protocol_error", "it did not choose HTTP/2 (h2) by ALPN"),
  NOT_HTTP2(502, "http_protocol_error", "it did not begin HTTP/2 with SETTINGS"),
  CLOSED(502, "connection_terminated", "the connection ended before the response"),
  /** A pooled connection ended before any byte of a response: the place itself may be well. */
  STALE_CONNECTION(502, "connection_terminated", "the connection ended before the response"),
  RESPONSE_TIMEOUT(504, "http_response_timeout", "the response did not come in time"),
  BAD_RESPONSE(502, "http_protocol_error", "the response was not unambiguous HTTP"),
  INCOMPLETE(502, "http_response_incomplete", "the response broke off"),
  /** It has sent how large a head it takes (RFC 9113 section 6.5.2): less than this node does. */
  HEAD_TOO_LARGE_THERE(431, "http_request_error", "it takes no header section as large as this"),
  STREAM_REFUSED(503, "destination_unavailable", "it did not take the request"),
  DECLINED(503, "destination_unavailable", "the node declined the request"),
  /** The node has the service, and it is at its limit there. */
  OVERLOADED(503, "connection_limit_reached", "it is at its limit there"),
  BREAKS_OFF(
      429,
      "http_request_denied",
      "this client's address breaks off too many requests of this kind"),
  NO_CAPACITY(503, "connection_limit_reached", "all connections to it are in use"),
  /**
   * This process, or its machine, has no descriptor or buffer for a connection: nothing was asked.
   */
  NO_DESCRIPTOR(503, "connection_limit_reached", "the node can open no further connection"),
  GONE(503, "destination_unavailable", "it was withdrawn while the request waited"),
  /** Another answer is one that can be passed on; this is an acceptance of something else. */
  UPGRADE_FAILED(
      502, "http_upgrade_failed", "it did not switch to the protocol that was asked for"),
  /** Extended CONNECT (RFC 8441) was answered with a success, and not with a tunnel. */
  UPGRADE_IGNORED(502, "http_upgrade_failed", "it answered, and did not switch protocols"),
  /** Extended CONNECT (RFC 8441) for a protocol that the service does not allow. */
  UPGRADE_NOT_ALLOWED(501, "http_request_denied", "it does not offer that protocol"),
  TOO_MANY_TUNNELS(503, "connection_limit_reached", "the node has as many tunnels as it may have"),
  /** Its share of the streams between two nodes is taken: see EdgeLimits. */
  TOO_MANY_TUNNELS_THERE(503, "connection_limit_reached", "as many tunnels go to that node as may"),
  NOT_CACHED(504, "cache_miss", "only a cached response was asked for, and there is none"),
  /** A purge by the method PURGE, of something that cannot be purged. */
  NOT_A_PURGE(400, "http_request_error", "this URL is none that can be purged"),
  /** A purge by the method PURGE that this node may not have applied for good. */
  NOT_PURGED(503, "proxy_internal_error", "the purge is not known to be applied at this node"),
  NOWHERE(503, "destination_unavailable", "there is nowhere to send the request now");

  private final int status;
  private final String errorType;
  private final String text;

  FailureKind(int status, String errorType, String text) {
    this.status = status;
    this.errorType = errorType;
    this.text = text;
  }

  /** What may have failed at another node, and be the cause of its decline. */
  private static final FailureKind[] CAUSES = {
    REFUSED,
    CONNECT_TIMEOUT,
    TLS_CERTIFICATE,
    TLS_ALERT,
    TLS_FAILED,
    ALPN_REFUSED,
    NOT_HTTP2,
    CLOSED,
    RESPONSE_TIMEOUT,
    BAD_RESPONSE,
    INCOMPLETE,
    HEAD_TOO_LARGE_THERE,
    UPGRADE_NOT_ALLOWED,
    TOO_MANY_TUNNELS,
    NO_CAPACITY,
    NO_DESCRIPTOR
  };

  /** The cause that is sent to another node with its request, when it gets that back. */
  AsciiString cause() {
    return AsciiString.of(this == STALE_CONNECTION ? CLOSED.name() : name());
  }

  /**
   * What the answer of another node means if it is a decline: what failed there, if it has that,
   * else that it did not take the request. Null if it is none.
   */
  static @Nullable FailureKind ofDecline(FieldLines fields) {
    AsciiString decline = fields.first(FieldNames.LANDFALL_DECLINE);
    if (decline == null) {
      return null;
    }
    AsciiString sent = fields.first(FieldNames.LANDFALL_CAUSE);
    if (sent != null) {
      for (FailureKind cause : CAUSES) {
        if (sent.contentEquals(cause.name())) {
          return cause;
        }
      }
    }
    return decline.contentEquals(Reason.OVERLOADED.name()) ? OVERLOADED : DECLINED;
  }

  /** Whether it counts against a backend; others have to do with the request or this node. */
  boolean isOfBackend() {
    return switch (this) {
      case REFUSED,
          CONNECT_TIMEOUT,
          TLS_CERTIFICATE,
          TLS_ALERT,
          TLS_FAILED,
          ALPN_REFUSED,
          NOT_HTTP2,
          CLOSED,
          RESPONSE_TIMEOUT,
          BAD_RESPONSE ->
          true;
      default -> false;
    };
  }

  int status() {
    return status;
  }

  String errorType() {
    return errorType;
  }

  String text() {
    return text;
  }
}
