package io.landfall.edge.exchange;

import io.landfall.core.NodeName;
import io.landfall.edge.access.AccessLines;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.access.LineBytes;
import io.landfall.edge.access.LineTime;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.TcpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Writes the access log's line of each request of one event loop that is over. */
final class AccessRecords {
  private final AccessLines lines;
  private final LineTime time;
  private final NodeName node;
  private final RequestJson json;

  AccessRecords(AccessLines lines, NodeName node) {
    this.node = node;
    this.json = new RequestJson(node);
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
      json.write(line, log, wallMillis, micros);
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
      line.text("\",\"node\":\"").text(node.value()).text("\",\"client\":\"");
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

  private void combined(LineBytes line, RequestLog log, long wallMillis) {
    RequestHead request = log.request();
    RequestJson.address(line, log.arrived().address());
    line.text(" - - [");
    time.write(wallMillis, line);
    if (TcpRequest.is(request)) {
      line.text("] \"").text(RequestJson.TCP);
    } else {
      line.text("] \"").quoted(request.method().name(), RequestJson.MOST_TEXT).text(" ");
      line.quoted(request.target(), RequestJson.MOST_TARGET)
          .text(" ")
          .text(RequestJson.protocol(request.version()));
    }
    line.text("\" ").number(log.status).text(" ").number(RequestJson.sentBytes(log)).text(" \"");
    quoted(line, request.fields().first(RequestJson.REFERER)).text("\" \"");
    quoted(line, request.fields().first(RequestJson.USER_AGENT)).text("\"");
  }

  private static LineBytes quoted(LineBytes line, @Nullable CharSequence value) {
    return value == null ? line.text("-") : line.quoted(value, RequestJson.MOST_TEXT);
  }

  private static void client(LineBytes line, SocketAddress remote) {
    RequestJson.address(line, remote instanceof InetSocketAddress at ? at.getAddress() : null);
  }
}
