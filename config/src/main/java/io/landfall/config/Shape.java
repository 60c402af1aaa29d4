package io.landfall.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How the text of a value is written, for the reference of the config and the schema for editors. A
 * {@link ValueRule} may be stricter than its shape, never more lenient.
 */
sealed interface Shape {
  /** What the reference calls it. */
  String words();

  /** A value as it is written in a config. */
  default String show(Object value) {
    return value.toString();
  }

  /**
   * Text.
   *
   * @param words what the reference calls it
   * @param pattern a regular expression (ECMA-262, and Java's) that finds itself in every good text
   */
  record Text(String words, String pattern) implements Shape {}

  /** {@code true} or {@code false}. */
  record Flag() implements Shape {
    @Override
    public String words() {
      return "`true` or `false`";
    }
  }

  /** A whole number, both bounds included. */
  record WholeNumber(long least, long most) implements Shape {
    @Override
    public String words() {
      return "number, " + least + " to " + most;
    }
  }

  /** A number from 0 to 1, with six places at the most. */
  record Share() implements Shape {
    @Override
    public String words() {
      return "number, 0 to 1";
    }
  }

  /** A duration with its unit, both bounds included. */
  record Duration(long leastMillis, long mostMillis) implements Shape {
    @Override
    public String words() {
      return "duration, " + ValueRules.show(leastMillis) + " to " + ValueRules.show(mostMillis);
    }

    @Override
    public String show(Object value) {
      return ValueRules.show((Long) value);
    }
  }

  /** A size with its unit, both bounds included. */
  record Size(long leastBytes, long mostBytes) implements Shape {
    @Override
    public String words() {
      return "size, " + ValueRules.showSize(leastBytes) + " to " + ValueRules.showSize(mostBytes);
    }

    @Override
    public String show(Object value) {
      return ValueRules.showSize((Long) value);
    }
  }

  /** One of some words. */
  record Choice(List<String> choices) implements Shape {
    /** Copies the list. */
    public Choice {
      choices = List.copyOf(choices);
    }

    /** The names of these values of an enum, in lower case with '-' for '_'. */
    static Choice of(Enum<?>... values) {
      return new Choice(Arrays.stream(values).map(Choice::name).toList());
    }

    static String name(Enum<?> value) {
      return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String words() {
      return "`" + String.join("`, `", choices) + "`";
    }

    @Override
    public String show(Object value) {
      return value instanceof Enum<?> choice ? name(choice) : value.toString();
    }
  }

  /** One of two. */
  record Either(Shape first, Shape second) implements Shape {
    @Override
    public String words() {
      return first.words() + ", or " + second.words();
    }
  }
}
