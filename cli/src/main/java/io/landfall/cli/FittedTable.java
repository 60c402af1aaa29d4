package io.landfall.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of cells as lines that fit a terminal. What fits is one line a row. Otherwise the text of
 * the last column, which is a sentence in most tables, is broken between words beneath itself;
 * where even that leaves it no room, the columns are folded: those that do not fit stand on further
 * lines of the row, indented, and the heading is folded alike. Nothing is left out.
 */
final class FittedTable {
  private static final String GAP = "  ";

  /** How far the further lines of a folded row are indented. */
  private static final String INDENT = "    ";

  /** The narrowest that a last column is made, in characters. */
  private static final int NARROWEST_TEXT = 24;

  private final int columns;
  private final int[] widths;

  private FittedTable(List<String[]> rows, int columns) {
    this.columns = columns;
    this.widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
  }

  /**
   * The lines of a table.
   *
   * @param rows the heading first; all have as many cells
   * @param columns the width of the terminal in characters
   */
  static List<String> lines(List<String[]> rows, int columns) {
    FittedTable table = new FittedTable(rows, columns);
    List<Integer> folds = table.folds();
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      table.add(row, folds, lines);
    }
    return lines;
  }

  /** The first column of each line of a row. */
  private List<Integer> folds() {
    List<Integer> folds = new ArrayList<>(List.of(0));
    int used = widths[0];
    int last = widths.length - 1;
    for (int i = 1; i <= last; i++) {
      int least = i == last ? Math.min(widths[i], NARROWEST_TEXT) : widths[i];
      if (used + GAP.length() + least <= columns) {
        used += GAP.length() + widths[i];
      } else {
        folds.add(i);
        used = INDENT.length() + widths[i];
      }
    }
    return folds;
  }

  private void add(String[] row, List<Integer> folds, List<String> lines) {
    for (int fold = 0; fold < folds.size(); fold++) {
      int from = folds.get(fold);
      int to = fold + 1 < folds.size() ? folds.get(fold + 1) : row.length;
      StringBuilder line = new StringBuilder(fold == 0 ? "" : INDENT);
      for (int i = from; i < to - 1; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length())).append(GAP);
      }
      List<String> parts = broken(line.toString(), row[to - 1], columns);
      if (fold == 0 || !parts.getFirst().isEmpty()) {
        lines.addAll(parts);
      }
    }
  }

  /** The lines of a text behind a lead, the further ones indented to where the text begins. */
  static List<String> broken(String lead, String text, int columns) {
    int indent = lead.length();
    List<String> parts = parts(text, Math.max(columns - indent, NARROWEST_TEXT));
    List<String> lines = new ArrayList<>();
    lines.add((lead + parts.getFirst()).stripTrailing());
    parts.stream().skip(1).forEach(part -> lines.add(" ".repeat(indent) + part));
    return lines;
  }

  /** A text in parts of at most so many characters, between words where there are some. */
  private static List<String> parts(String text, int most) {
    List<String> parts = new ArrayList<>();
    String rest = text;
    while (rest.length() > most) {
      int space = rest.lastIndexOf(' ', most);
      int end = space > 0 ? space : most;
      parts.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end).stripLeading();
    }
    parts.add(rest);
    return parts;
  }
}
