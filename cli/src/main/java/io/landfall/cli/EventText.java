package io.landfall.cli;

import io.landfall.admin.EventWords;
import io.landfall.admin.json.JsonValue;
import java.io.PrintWriter;
import java.util.Locale;

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
    return event.text("type").equals("lost")
        ? time + GAP + event.text("why").toUpperCase(Locale.ROOT)
        : (time
                + GAP
                + padded(event.text("type"), KIND_WIDTH)
                + padded(EventWords.what(event), WHAT_WIDTH)
                + padded(EventWords.change(event), CHANGE_WIDTH)
                + event.text("why"))
            .stripTrailing();
  }

  /** Prints the line, fitted to the terminal below its time. */
  static void print(JsonValue event, PrintWriter out) {
    String line = line(event);
    int lead = line.indexOf(GAP) + GAP.length();
    Table.printLine(out, line.substring(0, lead), line.substring(lead));
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(2, width - text.length()));
  }
}
