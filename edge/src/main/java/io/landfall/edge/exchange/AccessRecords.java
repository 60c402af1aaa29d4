package io.landfall.edge.exchange;

import io.landfall.core.Addresses;
import io.landfall.edge.access.AccessLines;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.access.LineBytes;
import io.landfall.edge.access.LineTime;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.TcpRequest;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Writes the access log's line of each request of one event loop that is over. */
final class AccessRecords {
  /** So much is written of a target, in characters. */
  static final int MOST_TARGET = 4_096;

  /** So much of other texts that clients choose. */
  static final int MOST_TEXT = 1_024;

  private static final AsciiString REFERER = AsciiString.cached("referer");
  private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");

  private final AccessLines lines;
  private final LineTime time;

  AccessRecords(AccessLines lines) {
    this.lines = lines;
    this.time = new LineTime(lines.format());
  }

  /** A request is over. */
  void add(RequestLog log, long wallMillis, long micros) {
    LineBytes line = lines.begin();
    if (line == null) {
      return;
    }
    if (lines.format() == AccessLog.Format.JSON) {
      json(line, log, wallMillis, micros);
    } else {
      combined(line, log, wallMillis);
    }
    lines.end(line);
  }

  /** The gate refused what a client sent: of a head that breaks a rule nothing is repeated. */
  void refused(SocketAddress client, HttpViolation rule, LocalResponses.Answer answer, long now) {
    LineBytes line = lines.begin();
    if (line == null) {
      return;
    }
    if (lines.format() == AccessLog.Format.JSON) {
      line.text("{\"time\":\"");
      time.write(now, line);
      line.text("\",\"client\":\"");
      client(line, client);
      line.text("\",\"status\":").number(answer.status());
      line.text(",\"bytes_sent\":").number(answer.body().readableBytes());
      line.text(",\"outcome\":\"refuse\",\"reason\":\"").text(rule.name()).text("\"}");
    } else {
      client(line, client);
      line.text(" - - [");
      time.write(now, line);
      line.text("] \"-\" ").number(answer.status());
      line.text(" ").number(answer.body().readableBytes()).text(" \"-\" \"-\"");
    }
    lines.end(line);
  }

  private void json(LineBytes line, RequestLog log, long wallMillis, long micros) {
    RequestHead request = log.request();
    line.text("{\"time\":\"");
    time.write(wallMillis, line);
    line.text("\",\"client\":\"");
    Arrived arrived = log.arrived();
    address(line, arrived.address());
    arrived.peer().ifPresent(node -> line.text("\",\"from_node\":\"").text(node.value()));
    RequestTrace trace = arrived.trace();
    if (trace != null) {
      line.text("\",\"request_id\":\"").json(trace.id(), RequestTrace.MAX_ID);
      line.text("\",\"trace_id\":\"").json(trace.traceId(), RequestTrace.MAX_ID);
    }
    line.text("\",\"method\":\"").json(method(request), MOST_TEXT);
    line.text("\",\"scheme\":\"").json(request.scheme(), MOST_TEXT);
    line.text("\",\"host\":\"").json(request.host(), MOST_TEXT);
    line.text("\",\"target\":\"").json(request.target(), MOST_TARGET);
    line.text("\",\"protocol\":\"").text(protocol(request.version()));
    line.text("\",\"status\":").number(log.status);
    line.text(",\"bytes_sent\":").number(log.sentBytes);
    line.text(",\"bytes_received\":").number(log.receivedBytes);
    line.text(",\"duration_us\":").number(micros);
    if (log.headMicros >= 0) {
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

  private void combined(LineBytes line, RequestLog log, long wallMillis) {
    RequestHead request = log.request();
    address(line, log.arrived().address());
    line.text(" - - [");
    time.write(wallMillis, line);
    line.text("] \"").quoted(method(request), MOST_TEXT).text(" ");
    line.quoted(request.target(), MOST_TARGET).text(" ").text(protocol(request.version()));
    line.text("\" ").number(log.status).text(" ").number(log.sentBytes).text(" \"");
    quoted(line, request.fields().first(REFERER)).text("\" \"");
    quoted(line, request.fields().first(USER_AGENT)).text("\"");
  }

  private static LineBytes quoted(LineBytes line, @Nullable CharSequence value) {
    return value == null ? line.text("-") : line.quoted(value, MOST_TEXT);
  }

  private static void client(LineBytes line, SocketAddress remote) {
    address(line, remote instanceof InetSocketAddress at ? at.getAddress() : null);
  }

  private static void address(LineBytes line, @Nullable InetAddress address) {
    line.text(address == null ? "-" : Addresses.format(address.getAddress()));
  }

  /** A connection to a TCP service has no method; its head was made here. */
  private static CharSequence method(RequestHead request) {
    return TcpRequest.is(request) ? "TCP" : request.method().name();
  }

  private static String protocol(HttpVersion version) {
    return switch (version) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2.0";
    };
  }
}
