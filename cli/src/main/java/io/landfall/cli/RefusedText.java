package io.landfall.cli;

import io.landfall.admin.model.RefusedReport;
import java.io.PrintWriter;

/** Everything refused of one peer, on a screen: {@code show refused PEER}. */
final class RefusedText {
  private RefusedText() {}

  static void print(RefusedReport report, PrintWriter out) {
    Table.printLine(
        out,
        report.peer()
            + " ("
            + report.identity()
            + "): "
            + report.total()
            + " refused since the node started");
    Table rules = new Table("REASON", "RULE", "COUNT", "MEANING");
    for (RefusedReport.Rule row : report.rules()) {
      rules.row(Long.toString(row.reason()), row.rule(), Long.toString(row.count()), row.meaning());
    }
    part(rules, out);
    Table subjects = new Table("RULE", "ATTRIBUTE OR FAMILY", "COUNT");
    for (RefusedReport.Subject row : report.subjects()) {
      subjects.row(row.rule(), row.subject(), Long.toString(row.count()));
    }
    part(subjects, out);
    Table routes = new Table("REFUSED NOW", "PATH ID", "REASON", "RULE", "AGE");
    for (RefusedReport.Route row : report.routes()) {
      routes.row(
          row.prefix(),
          Long.toString(row.pathId()),
          Long.toString(row.reason()),
          row.rule(),
          Table.duration(row.ageSeconds()));
    }
    part(routes, out);
    Table recent = new Table("LAST", "COUNT", "REASON", "RULE", "WHAT");
    for (RefusedReport.Example row : report.recent()) {
      recent.row(
          Table.time(row.last()),
          Long.toString(row.count()),
          Long.toString(row.reason()),
          row.rule(),
          row.what());
    }
    part(recent, out);
  }

  /** A table after an empty line; nothing where it has no rows. */
  private static void part(Table table, PrintWriter out) {
    if (!table.isEmpty()) {
      out.println();
      table.print(out, "");
    }
  }
}
