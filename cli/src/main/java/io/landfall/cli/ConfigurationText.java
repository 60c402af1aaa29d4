package io.landfall.cli;

import io.landfall.admin.model.ConfigurationStatus;
import java.io.PrintWriter;
import java.util.Optional;

/** The config that a node runs with, for people. */
final class ConfigurationText {
  private ConfigurationText() {}

  static void print(ConfigurationStatus status, PrintWriter out) {
    Table.printLine(
        out, "generation " + status.generation() + " (" + status.hash() + "): " + status.file());
    Table.printLine(
        out,
        "in force since " + Table.time(Optional.of(status.since())) + ", by " + status.actor());
    status
        .confirmInSeconds()
        .ifPresent(
            seconds ->
                Table.printLine(
                    out,
                    "NOT CONFIRMED: the generation before comes back in "
                        + Table.duration((double) seconds)
                        + "; 'landfall configure confirm' keeps this one"));
    status
        .undo()
        .ifPresent(
            before ->
                Table.printLine(out, "'landfall configure undo' brings back generation " + before));
    status.lastAttempt().filter(last -> !last.applied()).ifPresent(last -> refused(last, out));
  }

  private static void refused(ConfigurationStatus.Attempt last, PrintWriter out) {
    Table.printLine(
        out,
        "REFUSED at "
            + Table.time(Optional.of(last.at()))
            + ", asked for by "
            + last.actor()
            + ": "
            + last.file());
    last.result().lines().forEach(line -> Table.printLine(out, "  " + line));
  }
}
