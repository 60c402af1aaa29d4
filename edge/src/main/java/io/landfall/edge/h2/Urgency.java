package io.landfall.edge.h2;

import org.jspecify.annotations.Nullable;

/**
 * How urgent a client finds a response (RFC 9218 section 4).
 *
 * @param level from 0, the most urgent, to 7
 * @param takesTurns whether parts of it are of use (incremental), or nothing was told of it
 */
record Urgency(int level, boolean takesTurns) {
  /** How many levels there are. */
  static final int LEVELS = 8;

  private static final int USUAL_LEVEL = 3;

  /** What a response has of which nothing was told. */
  static final Urgency UNTOLD = new Urgency(USUAL_LEVEL, true);

  /**
   * Reads a Priority field (RFC 9218 section 5), a dictionary (RFC 9651 section 3.2). What is not
   * understood in it is ignored, as section 4 wants.
   */
  static Urgency of(@Nullable CharSequence field) {
    if (field == null) {
      return UNTOLD;
    }
    int level = USUAL_LEVEL;
    boolean incremental = false;
    for (String member : field.toString().split(",", -1)) {
      String text = member.strip();
      if (text.length() == 3 && text.startsWith("u=")) {
        int digit = text.charAt(2) - '0';
        level = digit >= 0 && digit < LEVELS ? digit : level;
      } else if (text.equals("i") || text.equals("i=?1")) {
        incremental = true;
      } else if (text.equals("i=?0")) {
        incremental = false;
      }
    }
    return new Urgency(level, incremental);
  }
}
