package io.landfall.cli;

import java.io.PrintWriter;

/** {@code show bfd} as people read it. */
final class BfdTable {
  private BfdTable() {}

  static void print(Json json, PrintWriter out) {
    Table table =
        new Table(
            "PEER",
            "ADDRESS",
            "STATE",
            "REMOTE",
            "PATH",
            "SINCE",
            "TX MS",
            "RX MS",
            "DETECT MS",
            "AUTH",
            "DOWNS",
            "DISCARDED",
            "LAST DOWN");
    for (Json row : json.items()) {
      table.row(
          row.text("peer"),
          row.text("address"),
          row.text("state"),
          row.text("remoteState"),
          row.text("path"),
          row.text("since"),
          row.text("transmitMillis"),
          row.text("receiveMillis"),
          row.text("detectionMillis"),
          row.text("authentication"),
          row.text("downs"),
          Long.toString(discarded(row)),
          row.text("lastDown"));
    }
    table.print(out, "no BFD sessions");
  }

  /** Datagrams that were discarded, by whatever rule. */
  private static long discarded(Json row) {
    long sum = 0;
    for (Json count : row.get("discarded").members().values()) {
      sum += (long) count.number();
    }
    return sum;
  }
}
