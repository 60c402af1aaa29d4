package io.landfall.trust;

import java.util.List;
import java.util.stream.Collectors;

/** Text that a stranger chose, made fit for one line of a log. */
final class Printable {
  private static final int MAX_LENGTH = 120;
  private static final int MAX_ITEMS = 3;

  private Printable() {}

  static String text(String foreign) {
    StringBuilder out = new StringBuilder("'");
    for (int i = 0; i < foreign.length() && i < MAX_LENGTH; i++) {
      char c = foreign.charAt(i);
      out.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return out.append(foreign.length() > MAX_LENGTH ? "...'" : "'").toString();
  }

  static String list(List<String> foreign) {
    return foreign.stream().limit(MAX_ITEMS).map(Printable::text).collect(Collectors.joining(", "))
        + (foreign.size() > MAX_ITEMS ? ", ..." : "");
  }
}
