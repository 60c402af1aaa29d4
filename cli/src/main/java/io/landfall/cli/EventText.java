package io.landfall.cli;

import io.landfall.admin.json.JsonValue;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * One event of {@code monitor} as a line: time, kind, what it is about, what became of it, and why.
 * The columns have fixed widths, since the next rows are not known; what is longer moves the rest.
 */
final class EventText {
  private static final String GAP = "  ";
  private static final int KIND_WIDTH = 9;
  private static final int WHAT_WIDTH = 20;
  private static final int CHANGE_WIDTH = 44;

  private EventText() {}

  static String line(JsonValue event) {
    String time = event.text("time");
    return switch (event.text("type")) {
      case "lost" -> time + GAP + event.text("why").toUpperCase(java.util.Locale.ROOT);
      case "refused" ->
          columns(time, "refused", event.text("peer"), event.text("cause"), event.text("why"));
      case "route" -> columns(time, "route", what(event), routeChange(event), event.text("why"));
      default ->
          columns(
              time,
              event.text("type"),
              event.text("name"),
              event.text("before") + " -> " + event.text("after"),
              event.text("why"));
    };
  }

  /** Prints the line, fitted to the terminal below its time. */
  static void print(JsonValue event, PrintWriter out) {
    String line = line(event);
    int lead = line.indexOf(GAP) + GAP.length();
    Table.printLine(out, line.substring(0, lead), line.substring(lead));
  }

  private static String what(JsonValue event) {
    String name = event.get("name").isNull() ? "" : " " + event.text("name");
    return event.text("address") + name;
  }

  private static String routeChange(JsonValue event) {
    String before = paths(event.get("before"));
    String after = paths(event.get("after"));
    // What a path carries may change where the paths and their order do not.
    return before.equals(after) ? before + " (attributes)" : before + " -> " + after;
  }

  /** The nodes that offer it, best first and marked; what is unusual of one stands behind it. */
  private static String paths(JsonValue route) {
    List<String> nodes = new ArrayList<>();
    for (JsonValue path : route.get("paths").items()) {
      StringBuilder node = new StringBuilder(path.get("best").isTrue() ? "*" : "");
      node.append(path.text("node").isEmpty() ? path.text("nextHop") : path.text("node"));
      if (!path.text("signal").equals("UP")) {
        node.append('=').append(path.text("signal"));
      }
      if (!path.text("tier").equals("0")) {
        node.append("/tier").append(path.text("tier"));
      }
      if (!path.get("usable").isTrue()) {
        node.append("=unusable");
      }
      nodes.add(node.toString());
    }
    return nodes.isEmpty() ? "none" : String.join(" ", nodes);
  }

  private static String columns(String time, String kind, String what, String change, String why) {
    return (time
            + GAP
            + padded(kind, KIND_WIDTH)
            + padded(what, WHAT_WIDTH)
            + padded(change, CHANGE_WIDTH)
            + why)
        .stripTrailing();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(2, width - text.length()));
  }
}
