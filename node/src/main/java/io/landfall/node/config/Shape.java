package io.landfall.node.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How the text of a value is written, for the reference of the config and the schema for editors. A
 * {@link Rule} may be stricter than its shape, never more lenient.
 */
sealed interface Shape {
  /** Any text. */
  Shape ANY = new Text("text", "");

  /** The path of a file. */
  Shape FILE = new Text("file", "");

  /** A DNS label in lower case: the name of a node or a service. */
  Shape LABEL = new Text("name", "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$");

  /** An address of IPv4 or IPv6. */
  Shape ADDRESS = new Text("address", "^[0-9a-fA-F]*[:.][0-9a-fA-F:.]+$");

  /** An address and a port. */
  Shape ADDRESS_PORT = new Text("address:port", "^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+):[0-9]+$");

  /** A prefix of IPv4 or IPv6. */
  Shape PREFIX = new Text("prefix", "^[0-9a-fA-F:.]+/[0-9]{1,3}$");

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
  record Number(long least, long most) implements Shape {
    @Override
    public String words() {
      return "number, " + least + " to " + most;
    }
  }

  /** A duration with its unit, both bounds included. */
  record Duration(long leastMillis, long mostMillis) implements Shape {
    @Override
    public String words() {
      return "duration, " + Rules.show(leastMillis) + " to " + Rules.show(mostMillis);
    }

    @Override
    public String show(Object value) {
      return Rules.show((Long) value);
    }
  }

  /** A size with its unit, both bounds included. */
  record Size(long leastBytes, long mostBytes) implements Shape {
    @Override
    public String words() {
      return "size, " + Rules.showSize(leastBytes) + " to " + Rules.showSize(mostBytes);
    }

    @Override
    public String show(Object value) {
      return Rules.showSize((Long) value);
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
