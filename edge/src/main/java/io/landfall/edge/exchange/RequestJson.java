package io.landfall.edge.exchange;

import io.landfall.core.Addresses;
import io.landfall.core.NodeName;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.access.LineBytes;
import io.landfall.edge.access.LineTime;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.TcpRequest;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A request that is over as one object of JSON (docs/access-log.md), for one event loop. */
final class RequestJson {
  /** So much is written of a target, in characters. */
  static final int MOST_TARGET = 4_096;

  /** So much of other texts that clients choose. */
  static final int MOST_TEXT = 1_024;

  static final String TCP = "TCP";
  static final AsciiString REFERER = AsciiString.cached("referer");
  static final AsciiString USER_AGENT = AsciiString.cached("user-agent");

  private final LineTime time = new LineTime(AccessLog.Format.JSON);
  private final String node;

  /**
   * Of this node.
   *
   * @param node its name
   */
  RequestJson(NodeName node) {
    this.node = node.value();
  }

  /** Writes a request that is over. */
  void write(LineBytes line, RequestLog log, long wallMillis, long micros) {
    RequestHead request = log.request();
    line.text("{\"time\":\"");
    time.write(wallMillis, line);
    Arrived arrived = log.arrived();
    line.text("\",\"node\":\"").text(node);
    line.text("\",\"hop\":").number(arrived.peer().isPresent() ? 1 : 0);
    line.text(",\"client\":\"");
    address(line, arrived.address());
    arrived.peer().ifPresent(node -> line.text("\",\"from_node\":\"").text(node.value()));
    RequestTrace trace = arrived.trace();
    if (trace != null) {
      line.text("\",\"request_id\":\"").json(trace.id(), RequestTrace.MAX_ID);
      line.text("\",\"trace_id\":\"").json(trace.traceId(), RequestTrace.MAX_ID);
    }
    if (TcpRequest.is(request)) {
      line.text("\",\"protocol\":\"").text(TCP);
    } else {
      line.text("\",\"method\":\"").json(request.method().name(), MOST_TEXT);
      line.text("\",\"scheme\":\"").json(arrived.asReached().scheme(), MOST_TEXT);
      line.text("\",\"host\":\"").json(request.host(), MOST_TEXT);
      line.text("\",\"target\":\"").json(request.target(), MOST_TARGET);
      line.text("\",\"protocol\":\"").text(protocol(request.version()));
    }
    line.text("\",\"status\":").number(log.status);
    line.text(",\"bytes_sent\":").number(sentBytes(log));
    line.text(",\"bytes_received\":").number(log.receivedBytes);
    line.text(",\"duration_us\":").number(micros);
    if (log.headMicros >= 0 && !isReset(log)) {
      line.text(",\"first_byte_us\":").number(log.headMicros);
    }
    if (log.service.isPresent()) {
      line.text(",\"service\":\"").text(log.service.get().value()).text("\"");
    }
    line.text(",\"outcome\":\"").text(outcome(log));
    line.text("\",\"reason\":\"").text(log.reason.name());
    if (!log.target.isEmpty()) {
      line.text("\",\"upstream\":\"").json(log.target, MOST_TEXT);
    }
    line.text("\",\"attempts\":").number(log.attempts);
    field(line, "cache_status", log.cacheStatus);
    field(line, "referer", request.fields().first(REFERER));
    field(line, "user_agent", request.fields().first(USER_AGENT));
    line.text("}");
  }

  /** Whether it is a TCP connection that no place took: the answer is a reset. */
  private static boolean isReset(RequestLog log) {
    return log.status != ResponseHead.SWITCHING_PROTOCOLS && TcpRequest.is(log.request());
  }

  static long sentBytes(RequestLog log) {
    return isReset(log) ? 0 : log.sentBytes;
  }

  private static String outcome(RequestLog log) {
    return switch (log.reason.outcome()) {
      case SERVE -> "serve";
      case FORWARD -> "forward";
      case DECLINE -> "decline";
    };
  }

  private static void field(LineBytes line, String name, @Nullable CharSequence value) {
    if (value != null) {
      line.text(",\"").text(name).text("\":\"").json(value, MOST_TEXT).text("\"");
    }
  }

  static void address(LineBytes line, @Nullable InetAddress address) {
    line.text(addressText(address));
  }

  /** An address as text; a dash for none. */
  static String addressText(@Nullable InetAddress address) {
    return address == null ? "-" : Addresses.format(address.getAddress());
  }

  static String protocol(HttpVersion version) {
    return switch (version) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2.0";
    };
  }
}
