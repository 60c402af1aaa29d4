package io.landfall.cache;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;

/**
 * Reads a date of HTTP in its three formats (RFC 9110 section 5.6.7). Letters of either case are
 * taken, and no zone but GMT (RFC 9111 section 4.2).
 */
final class HttpDates {
  /** What is no date. */
  static final long INVALID = Long.MIN_VALUE;

  private static final long DAY_SECONDS = 86_400;

  /** A two-digit year further in the future than this is one of the century before. */
  private static final int MOST_YEARS_AHEAD = 50;

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final String DAYS = "montuewedthufrisatsun";
  private static final List<String> LONG_DAYS =
      List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");

  private final CharSequence text;
  private final long wallMillis;

  private HttpDates(CharSequence text, long wallMillis) {
    this.text = text;
    this.wallMillis = wallMillis;
  }

  /**
   * The milliseconds since 1970 of a date, or {@link #INVALID}.
   *
   * @param wallMillis the time now, for the century of a two-digit year
   */
  static long millis(CharSequence text, long wallMillis) {
    HttpDates date = new HttpDates(text, wallMillis);
    int length = text.length();
    if (length == "Sun, 06 Nov 1994 08:49:37 GMT".length() && text.charAt(3) == ',') {
      return date.fixed();
    }
    if (length == "Sun Nov  6 08:49:37 1994".length() && text.charAt(3) == ' ') {
      return date.asctime();
    }
    return date.rfc850();
  }

  private long fixed() {
    boolean shape =
        isDay(0) && text.charAt(4) == ' ' && is(7, ' ') && is(11, ' ') && is(16, ' ') && zone(25);
    return shape ? of(number(12, 16), month(8), number(5, 7), 17) : INVALID;
  }

  private long asctime() {
    boolean shape = isDay(0) && is(7, ' ') && is(10, ' ') && is(19, ' ');
    int day = is(8, ' ') ? number(9, 10) : number(8, 10);
    return shape ? of(number(20, 24), month(4), day, 11) : INVALID;
  }

  private long rfc850() {
    int comma = -1;
    for (String day : LONG_DAYS) {
      if (AsciiText.startsWith(text, day)) {
        comma = day.length();
      }
    }
    if (comma < 0 || text.length() != comma + ", 06-Nov-94 08:49:37 GMT".length()) {
      return INVALID;
    }
    boolean shape =
        is(comma, ',')
            && is(comma + 1, ' ')
            && is(comma + 4, '-')
            && is(comma + 8, '-')
            && is(comma + 11, ' ')
            && zone(comma + 20);
    int twoDigits = number(comma + 9, comma + 11);
    if (!shape || twoDigits < 0) {
      return INVALID;
    }
    int now = LocalDate.ofEpochDay(Math.floorDiv(wallMillis, DAY_SECONDS * 1000)).getYear();
    int year = now - Math.floorMod(now, 100) + twoDigits;
    if (year > now + MOST_YEARS_AHEAD) {
      year -= 100;
    }
    return of(year, month(comma + 5), number(comma + 2, comma + 4), comma + 12);
  }

  /** The milliseconds of a date with the time of day at an index, or INVALID. */
  private long of(int year, int month, int day, int timeAt) {
    int hour = number(timeAt, timeAt + 2);
    int minute = number(timeAt + 3, timeAt + 5);
    int second = number(timeAt + 6, timeAt + 8);
    boolean valid =
        is(timeAt + 2, ':')
            && is(timeAt + 5, ':')
            && year >= 0
            && month > 0
            && day > 0
            && day <= YearMonth.of(year, month).lengthOfMonth()
            && hour >= 0
            && hour < 24
            && minute >= 0
            && minute < 60
            && second >= 0
            && second <= 60;
    if (!valid) {
      return INVALID;
    }
    long days = LocalDate.of(year, month, day).toEpochDay();
    return (days * DAY_SECONDS + hour * 3600L + minute * 60L + second) * 1000;
  }

  private boolean is(int index, char c) {
    return text.charAt(index) == c;
  }

  private boolean zone(int index) {
    return AsciiText.regionIs(text, index, index + 4, " gmt");
  }

  private boolean isDay(int index) {
    return indexOf3(DAYS, index) >= 0;
  }

  private int month(int index) {
    return indexOf3(MONTHS, index) + 1;
  }

  /** Which of the words of three letters stands there, or -1. */
  private int indexOf3(String words, int index) {
    for (int i = 0; i < words.length(); i += 3) {
      if (AsciiText.regionIs(text, index, index + 3, words.substring(i, i + 3))) {
        return i / 3;
      }
    }
    return -1;
  }

  private int number(int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!AsciiText.isDigit(c)) {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
