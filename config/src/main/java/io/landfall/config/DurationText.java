package io.landfall.config;

import java.util.OptionalLong;

/** A duration as people write it: {@code 500ms}, {@code 5s}, {@code 1m}, {@code 2h}. */
public final class DurationText {
  /** Digits that fit a number of hours in milliseconds. */
  private static final int MAX_DIGITS = 9;

  private DurationText() {}

  /** Its milliseconds; empty if it is none. */
  public static OptionalLong millis(String text) {
    int digits = ValueRules.digits(text);
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 0;
        };
    return digits == 0 || digits > MAX_DIGITS || unit == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(text.substring(0, digits)) * unit);
  }
}
