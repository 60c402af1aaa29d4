package io.landfall.config;

import java.util.LinkedHashMap;
import java.util.List;

/**
 * A YAML document as a tree that remembers where everything was written. Nothing has a type beyond
 * mapping, list and text: what a text means is the business of the rule that reads it.
 */
sealed interface Yaml {
  /** The line it starts on, from 1. */
  int line();

  /** What it is, for messages. */
  String kind();

  /** Keys with their values, in the order of the file. */
  record Mapping(int line, LinkedHashMap<String, Entry> entries) implements Yaml {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /** Values, in the order of the file. */
  record Sequence(int line, List<Yaml> items) implements Yaml {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A single value. */
  record Text(int line, String text) implements Yaml {
    @Override
    public String kind() {
      return "a single value";
    }
  }

  /** A key without a value, or with the plain value {@code null} or {@code ~}. */
  record Nothing(int line) implements Yaml {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  /** A key's line and its value. */
  record Entry(int keyLine, Yaml value) {}
}
