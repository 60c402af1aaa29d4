package io.landfall.cli;

import io.landfall.config.DurationText;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A duration on the command line: {@code 500ms}, {@code 5s}, {@code 1m}, {@code 2h}. */
final class DurationArgument {
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
    OptionalLong read = DurationText.millis(written.toLowerCase(Locale.ROOT));
    if (read.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "'" + written + "' is not a duration; write 500ms, 5s or 1m");
    }
    long millis = read.getAsLong();
    if (millis < leastMillis || millis > mostMillis) {
      throw new ParameterException(
          spec.commandLine(),
          option + " " + written + " is outside " + range + "; write a time in that range");
    }
    return millis;
  }
}
