package io.landfall.cli;

import java.io.PrintWriter;
import java.util.List;

/** Everything refused of one peer, on a screen: {@code show refused PEER}. */
final class RefusedText {
  private RefusedText() {}

  static void print(Json json, PrintWriter out) {
    out.println(
        Table.printable(
            json.text("peer")
                + " ("
                + json.text("identity")
                + "): "
                + json.text("total")
                + " refused since the node started"));
    part(out, json.get("rules"), "REASON", "RULE", "COUNT", "MEANING");
    List<Json> subjects = json.get("subjects").items();
    if (!subjects.isEmpty()) {
      out.println();
      Table table = new Table("RULE", "ATTRIBUTE OR FAMILY", "COUNT");
      subjects.forEach(row -> table.row(row.text("rule"), row.text("subject"), row.text("count")));
      table.print(out, "");
    }
    List<Json> routes = json.get("routes").items();
    if (!routes.isEmpty()) {
      out.println();
      Table table = new Table("REFUSED NOW", "PATH ID", "REASON", "RULE", "AGE");
      routes.forEach(
          row ->
              table.row(
                  row.text("prefix"),
                  row.text("pathId"),
                  row.text("reason"),
                  row.text("rule"),
                  Table.duration(row.get("ageSeconds").number())));
      table.print(out, "");
    }
    part(out, json.get("recent"), "LAST", "COUNT", "REASON", "RULE", "WHAT");
  }

  /** A table whose headings are the members' names. */
  private static void part(PrintWriter out, Json rows, String... headings) {
    if (rows.items().isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table(headings);
    for (Json row : rows.items()) {
      String[] cells = new String[headings.length];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = row.text(headings[i].toLowerCase(java.util.Locale.ROOT));
      }
      table.row(cells);
    }
    table.print(out, "");
  }
}
