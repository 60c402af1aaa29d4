package io.landfall.edge.h2;

import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.Syntax;
import io.landfall.edge.http.Upgrades;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Requests to switch protocols over HTTP/2 (RFC 8441), as the GET with Upgrade that they are over
 * HTTP/1.1. Between nodes the key of WebSocket and its answer are passed on as fields; a client has
 * none, so the node that it reached makes the key.
 */
final class ExtendedConnect {
  /** The status that accepts one (RFC 8441 section 5). */
  static final int OK = 200;

  private static final AsciiString METHOD = AsciiString.cached("CONNECT");
  private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");

  private ExtendedConnect() {}

  /** Whether a head is one. {@code :protocol} has no meaning in any other (RFC 8441 section 4). */
  static boolean isOne(Http2Headers in) throws BadMessage {
    boolean named = in.contains(PROTOCOL);
    if (named && !METHOD.contentEquals(in.method())) {
      throw new BadMessage(HttpViolation.PSEUDO_FIELDS);
    }
    return named;
  }

  /** Makes one of a request's head. */
  static void put(Http2Headers out, AsciiString protocol) {
    out.method(METHOD);
    out.set(PROTOCOL, protocol);
  }

  /** Adds to the fields of one what stands for it in a GET. */
  static void addTo(FieldLines fields, Http2Headers in) throws BadMessage {
    AsciiString protocol = AsciiString.of(in.get(PROTOCOL));
    if (!Syntax.isToken(protocol)) {
      throw new BadMessage(HttpViolation.PSEUDO_FIELDS);
    }
    fields.add(FieldNames.CONNECTION, Upgrades.UPGRADE);
    fields.add(FieldNames.UPGRADE, protocol);
  }

  /** The same for a client's, with a key of this node's in place of any that it sent. */
  static FieldLines ofClient(FieldLines fields, Http2Headers in) throws BadMessage {
    FieldLines out = without(FieldNames.SEC_WEBSOCKET_KEY, fields);
    addTo(out, in);
    out.add(FieldNames.SEC_WEBSOCKET_KEY, Upgrades.newKey());
    return out;
  }

  /** The fields of an acceptance as a client gets them: it made no key that could be answered. */
  static FieldLines withoutAnswer(FieldLines fields) {
    return without(FieldNames.SEC_WEBSOCKET_ACCEPT, fields);
  }

  private static FieldLines without(AsciiString name, FieldLines fields) {
    FieldLines out = new FieldLines(fields.size() + 3);
    for (int i = 0; i < fields.size(); i++) {
      if (!fields.name(i).equals(name)) {
        out.add(fields.name(i), fields.value(i));
      }
    }
    return out;
  }

  /**
   * The acceptance by another node's backend, as it is over HTTP/1.1; null if the response is an
   * ordinary one, which a node tells by not naming the protocol: between nodes it may be a 200.
   *
   * @param asked the protocol that was asked for
   */
  static @Nullable ResponseHead switching(ResponseHead head, @Nullable AsciiString asked)
      throws BadMessage {
    AsciiString protocol = head.fields().first(FieldNames.LANDFALL_UPGRADED);
    if (protocol == null) {
      return null;
    }
    if (!protocol.equals(asked) || head.status() != OK) {
      throw new BadMessage(HttpViolation.STATUS_LINE);
    }
    return new ResponseHead(
        ResponseHead.SWITCHING_PROTOCOLS, head.fields(), Framing.NONE, true, false);
  }

  /** It has no body: what follows it is for the protocol, if that is switched to. */
  static Framing framing(FieldLines fields) throws BadMessage {
    if (!Framing.of(fields, true, Framing.NONE).equals(Framing.NONE)) {
      throw new BadMessage(HttpViolation.LENGTH_MISMATCH);
    }
    return Framing.NONE;
  }
}
