package io.landfall.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Rows under a heading, columns aligned by spaces. Nothing that came over the wire can move the
 * cursor or colour the terminal: control characters come out as question marks. On a terminal that
 * is too narrow rows are folded ({@link FittedTable}); into a pipe or file each row is one line.
 */
final class Table {
  /** The property with the width of the terminal; {@code ./landfall} sets it where there is one. */
  static final String COLUMNS = "landfall.columns";

  private final List<String[]> rows = new ArrayList<>();

  Table(String... heading) {
    rows.add(heading);
  }

  Table row(String... cells) {
    String[] clean = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      clean[i] = printable(cells[i]);
    }
    rows.add(clean);
    return this;
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Prints the table, fitted to the terminal, or a word for none. */
  void print(PrintWriter out, String none) {
    if (isEmpty()) {
      out.println(none);
    } else {
      FittedTable.lines(rows, columns()).forEach(out::println);
    }
  }

  /** Prints a line, broken between words where the terminal is too narrow for it. */
  static void printLine(PrintWriter out, String text) {
    printLine(out, "", text);
  }

  /**
   * Prints a line, broken between words where the terminal is too narrow for it.
   *
   * @param lead what it begins with; what does not fit stands below its end
   */
  static void printLine(PrintWriter out, String lead, String text) {
    FittedTable.broken(printable(lead), printable(text), columns()).forEach(out::println);
  }

  /** Whether the output goes to a terminal. */
  static boolean onTerminal() {
    return columns() != Integer.MAX_VALUE;
  }

  private static int columns() {
    return Integer.getInteger(COLUMNS, Integer.MAX_VALUE);
  }

  /** A text that may be absent; then it is a dash. */
  static String text(Optional<String> text) {
    return text.orElse("-");
  }

  /** A number that may be absent; then it is a dash. */
  static String text(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "-";
  }

  /** A time, in UTC to the millisecond: the one format of all tables. */
  static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** A time that may be absent; then it is a dash. */
  static String time(Optional<Instant> time) {
    return time.map(Table::time).orElse("-");
  }

  /** Texts with this between them; a dash for none. */
  static String joined(String between, List<?> values) {
    return values.isEmpty()
        ? "-"
        : values.stream().map(Object::toString).collect(Collectors.joining(between));
  }

  static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return clean.toString();
  }

  /**
   * A duration, the one format of all views: {@code 0.4ms}, {@code 412ms}, {@code 4.3s}, {@code
   * 12s}, {@code 3m10s}, {@code 2h05m}, {@code 1d01h}.
   *
   * @param seconds how long; a dash for no number
   */
  static String duration(double seconds) {
    if (Double.isNaN(seconds)) {
      return "-";
    }
    if (seconds < 0) {
      return "-" + duration(-seconds);
    }
    double millis = seconds * 1_000;
    if (Math.round(millis) < 1_000) {
      return seconds == 0 ? "0s" : brief(millis) + "ms";
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return brief(seconds) + "s";
    }
    if (whole < 3_600) {
      return whole / 60 + "m" + two(whole % 60) + "s";
    }
    return whole < 86_400
        ? whole / 3_600 + "h" + two(whole / 60 % 60) + "m"
        : whole / 86_400 + "d" + two(whole / 3_600 % 24) + "h";
  }

  /** The same of milliseconds. */
  static String millis(double millis) {
    return duration(millis / 1_000);
  }

  /** One decimal below ten, none if it is zero, and none beyond. */
  private static String brief(double number) {
    long tenths = Math.round(number * 10);
    return tenths >= 100 || tenths % 10 == 0
        ? Long.toString(Math.round(number))
        : tenths / 10 + "." + tenths % 10;
  }

  private static String two(long number) {
    return (number < 10 ? "0" : "") + number;
  }
}
