package io.landfall.cli;

import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A duration on the command line: {@code 500ms}, {@code 5s}, {@code 1m}, {@code 2h}. */
final class DurationArgument {
  /** Digits that fit a number of hours in milliseconds. */
  private static final int MAX_DIGITS = 9;

  private final String option;
  private final long leastMillis;
  private final long mostMillis;
  private final String range;

  /**
   * An option that takes one.
   *
   * @param range the least and the greatest, for people
   */
  DurationArgument(String option, long leastMillis, long mostMillis, String range) {
    this.option = option;
    this.leastMillis = leastMillis;
    this.mostMillis = mostMillis;
    this.range = range;
  }

  /** Its milliseconds. */
  long millis(CommandSpec spec, String written) {
    String text = written.toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0) {
      digits++;
    }
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 0;
        };
    if (digits == 0 || digits > MAX_DIGITS || unit == 0) {
      throw new ParameterException(
          spec.commandLine(), "'" + written + "' is not a duration; write 500ms, 5s or 1m");
    }
    long millis = Long.parseLong(text.substring(0, digits)) * unit;
    if (millis < leastMillis || millis > mostMillis) {
      throw new ParameterException(
          spec.commandLine(),
          option + " " + written + " is outside " + range + "; write a time in that range");
    }
    return millis;
  }
}
