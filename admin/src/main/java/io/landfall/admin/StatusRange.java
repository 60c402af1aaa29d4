package io.landfall.admin;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statuses that are wanted.
 *
 * @param least the lowest
 * @param most the highest
 */
public record StatusRange(int least, int most) {
  /** Any, also the 0 of a client that left. */
  public static final StatusRange ALL = new StatusRange(0, RequestFilter.MAX_STATUS);

  /** A status or a class of them; there are five classes (RFC 9110 section 15). */
  private static final Pattern STATUS = Pattern.compile("([1-5])(xx|[0-9]{2})|0");

  private static final int CLASS = 100;

  /** Whether it is one of them. */
  public boolean has(int status) {
    return least <= status && status <= most;
  }

  /** Those that a text such as 502 or 5xx names; empty when it names none. */
  static Optional<StatusRange> of(String text) {
    Matcher matched = STATUS.matcher(text.toLowerCase(Locale.ROOT));
    if (!matched.matches()) {
      return Optional.empty();
    }
    boolean all = "xx".equals(matched.group(2));
    int least = all ? Integer.parseInt(matched.group(1)) * CLASS : Integer.parseInt(text);
    return Optional.of(new StatusRange(least, all ? least + CLASS - 1 : least));
  }

  /** What is wrong with a text that names none. */
  static String wrong(String text) {
    return "'" + text + "' is no status; write 502, or 5xx for all from 500 to 599 (1xx to 5xx)";
  }
}
