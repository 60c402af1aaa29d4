package io.landfall.config;

import io.landfall.core.NodeName;
import java.util.List;
import java.util.OptionalLong;

/** Rules for plain values: numbers, durations, sizes, switches, words. */
final class ValueRules {
  /** {@code true} or {@code false}. */
  static final ValueRule<Boolean> FLAG = ValueRule.of(new Shape.Flag(), ValueRules::flag);

  /** A port. */
  static final ValueRule<Integer> PORT = count(1, 65_535);

  private ValueRules() {}

  /** Any text with something in it. */
  static String text(String text) throws BadValue {
    if (text.isBlank()) {
      throw new BadValue("is empty", "give it a value, or remove the key");
    }
    return text;
  }

  private static boolean flag(String text) throws BadValue {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new BadValue("'" + text + "' is neither true nor false", "write true or false");
    };
  }

  /** A whole number in a range. */
  static ValueRule<Long> number(long least, long most) {
    return ValueRule.of(
        new Shape.WholeNumber(least, most),
        text -> {
          long value;
          try {
            value = Long.parseLong(text);
          } catch (NumberFormatException e) {
            throw new BadValue(
                "'" + text + "' is not a whole number",
                "write a number from " + least + " to " + most);
          }
          if (value < least || value > most) {
            throw new BadValue(
                value + " is outside " + least + ".." + most,
                "write a number from " + least + " to " + most);
          }
          return value;
        });
  }

  /** A whole number in a range of int. */
  static ValueRule<Integer> count(int least, int most) {
    ValueRule<Long> number = number(least, most);
    return ValueRule.of(number.shape(), text -> Math.toIntExact(number.read(text)));
  }

  /** A duration in milliseconds, written with its unit. */
  static ValueRule<Long> duration(long leastMillis, long mostMillis) {
    return ValueRule.of(
        new Shape.Duration(leastMillis, mostMillis),
        text -> {
          long millis = millis(text);
          if (millis < leastMillis || millis > mostMillis) {
            throw new BadValue(
                text + " is outside " + show(leastMillis) + ".." + show(mostMillis),
                "write a duration from " + show(leastMillis) + " to " + show(mostMillis));
          }
          return millis;
        });
  }

  private static long millis(String text) throws BadValue {
    OptionalLong millis = DurationText.millis(text);
    if (millis.isEmpty()) {
      throw new BadValue(
          "'" + text + "' is not a duration",
          "write a whole number with its unit: 500ms, 5s, 1m, 1h");
    }
    return millis.getAsLong();
  }

  /** A duration as people write it. */
  static String show(long millis) {
    if (millis > 0 && millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis > 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis > 0 && millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  /** A size in bytes, written with its unit. */
  static ValueRule<Long> size(long leastBytes, long mostBytes) {
    return ValueRule.of(
        new Shape.Size(leastBytes, mostBytes),
        text -> {
          long bytes = bytes(text);
          if (bytes < leastBytes || bytes > mostBytes) {
            throw new BadValue(
                text + " is outside " + leastBytes + ".." + mostBytes + " bytes",
                "write a size in that range");
          }
          return bytes;
        });
  }

  private static long bytes(String text) throws BadValue {
    int digits = digits(text);
    int shift =
        switch (text.substring(digits)) {
          case "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> -1;
        };
    if (digits == 0 || digits > 9 || shift < 0) {
      throw new BadValue(
          "'" + text + "' is not a size",
          "write a whole number with its unit: 512B, 32KiB, 64MiB, 1GiB");
    }
    return Long.parseLong(text.substring(0, digits)) << shift;
  }

  /** A size as people write it. */
  static String showSize(long bytes) {
    List<String> units = List.of("B", "KiB", "MiB", "GiB");
    int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, 3);
    return (bytes >> (10 * unit)) + units.get(unit);
  }

  static int digits(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    return digits;
  }

  /** One of an enum's names, in lower case with '-' for '_'. */
  static <E extends Enum<E>> ValueRule<E> oneOf(Class<E> type) {
    E[] values = type.getEnumConstants();
    Shape.Choice choice = Shape.Choice.of(values);
    return ValueRule.of(
        choice,
        text -> {
          int index = choice.choices().indexOf(text);
          if (index < 0) {
            throw new BadValue(
                "'" + text + "' is not known",
                "write one of " + String.join(", ", choice.choices()));
          }
          return values[index];
        });
  }

  /** A value whose type in {@code core} checks itself. */
  static <T> ValueRule<T> checked(Shape shape, ValueRule<T> type, String fix) {
    return ValueRule.of(
        shape,
        text -> {
          try {
            return type.read(text);
          } catch (IllegalArgumentException e) {
            String rule = e.getMessage();
            throw new BadValue(rule == null ? "is not valid" : rule, fix);
          }
        });
  }

  /** The name of a node. */
  static ValueRule<NodeName> nodeName(String fix) {
    return checked(Shapes.LABEL, NodeName::new, fix);
  }
}
