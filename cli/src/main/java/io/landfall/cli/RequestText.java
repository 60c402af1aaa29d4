package io.landfall.cli;

import io.landfall.admin.model.RequestHalf;
import io.landfall.admin.model.RequestReport;
import java.io.PrintWriter;

/**
 * One request that is over as a timeline, node by node. Times are each node's own, from the whole
 * head of the request: clocks of two nodes are not compared.
 */
final class RequestText {
  private static final double MICROS_PER_MILLI = 1_000.0;

  private RequestText() {}

  static void print(RequestReport report, PrintWriter out) {
    RequestHalf newest = report.here().getFirst();
    RequestHalf.Asked asked = newest.asked();
    Table.printLine(out, "request " + report.id() + ", trace " + newest.traceId());
    Table.printLine(
        out,
        asked.method().isEmpty()
            ? asked.protocol() + " from " + asked.client()
            : asked.method()
                + " "
                + asked.host()
                + asked.target()
                + ", "
                + asked.protocol()
                + " from "
                + asked.client());
    report.here().forEach(half -> half(report.node(), half, out));
    for (RequestReport.Elsewhere each : report.elsewhere()) {
      each.halves().forEach(half -> half(each.node(), half, out));
      each.problem().ifPresent(why -> Table.printLine(out, each.node() + ": unknown: " + why));
    }
    asked
        .fromNode()
        .ifPresent(
            node -> Table.printLine(out, "it landed at " + node + ": ask there for that half"));
  }

  private static void half(String node, RequestHalf half, PrintWriter out) {
    RequestHalf.Outcome outcome = half.outcome();
    RequestHalf.Answer answer = half.answer();
    out.println();
    Table.printLine(
        out,
        node
            + (outcome.byCache() ? " (its cache): " : ": ")
            + outcome.outcome()
            + " ("
            + outcome.reason()
            + "), service "
            + Table.text(outcome.service())
            + ", over at "
            + Table.time(half.time()));
    Table table = new Table("AT", "PLACE", "WHAT");
    table.row("0ms", half.asked().fromNode().orElse(half.asked().client()), "the request's head");
    for (RequestHalf.Attempt attempt : half.attempts()) {
      attempt(attempt, table);
    }
    answer
        .firstByteMicros()
        .ifPresent(at -> table.row(millis(at), "-", "head of the answer: " + answer.status()));
    String over = answer.status() == 0 ? "over: the client left" : "over: " + answer.status();
    table.row(
        millis(answer.durationMicros()),
        outcome.upstream().isEmpty() ? "-" : outcome.upstream(),
        over
            + ", "
            + answer.bytesSent()
            + " bytes sent, "
            + answer.bytesReceived()
            + " received"
            + outcome.cacheStatus().map(status -> ", Cache-Status: " + status).orElse(""));
    table.print(out, "");
  }

  private static void attempt(RequestHalf.Attempt attempt, Table table) {
    RequestHalf.During during = attempt.during();
    table.row(millis(during.beganMicros()), attempt.place(), "asked (" + attempt.kind() + ")");
    during
        .answeredMicros()
        .ifPresent(at -> table.row(millis(at), attempt.place(), "answers " + attempt.status()));
    attempt
        .failure()
        .ifPresent(
            how ->
                table.row(
                    millis(during.endedMicros()),
                    attempt.place(),
                    how.failure() + ": " + how.why()));
  }

  private static String millis(long micros) {
    return Table.millis(micros / MICROS_PER_MILLI);
  }
}
