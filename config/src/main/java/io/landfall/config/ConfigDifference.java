package io.landfall.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What two config files have differently, key by key, as they are written. */
public final class ConfigDifference {
  private ConfigDifference() {}

  /**
   * A key whose value is another one.
   *
   * @param key the dotted path, such as {@code services.shop.probe.interval}; a list of values has
   *     one, a list of mappings one for each of their keys
   * @param before its value as it was written; empty when the key was not there
   * @param after its value as it is written; empty when the key is not there any more
   */
  public record Change(String key, Optional<String> before, Optional<String> after) {
    /** {@code + key: value}, {@code - key: value}, or {@code ~ key: before -> after}. */
    @Override
    public String toString() {
      if (before.isPresent() && after.isPresent()) {
        return "~ " + key + ": " + before.get() + " -> " + after.get();
      }
      return before.map(value -> "- " + key + ": " + value).orElse("")
          + after.map(value -> "+ " + key + ": " + value).orElse("");
    }
  }

  /**
   * The keys that differ: first those that are in the text after, in its order, then those that are
   * in the text before only. Of a text that is not YAML all keys are missing.
   */
  public static List<Change> of(String before, String after) {
    Map<String, String> were = values(before);
    Map<String, String> are = values(after);
    List<Change> changes = new ArrayList<>();
    are.forEach(
        (key, value) -> {
          if (!value.equals(were.get(key))) {
            changes.add(new Change(key, Optional.ofNullable(were.get(key)), Optional.of(value)));
          }
        });
    were.forEach(
        (key, value) -> {
          if (!are.containsKey(key)) {
            changes.add(new Change(key, Optional.of(value), Optional.empty()));
          }
        });
    return changes;
  }

  private static Map<String, String> values(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    YamlReader.read(text, new Problems("")).ifPresent(tree -> add("", tree, values));
    return values;
  }

  private static void add(String key, Yaml value, Map<String, String> to) {
    switch (value) {
      case Yaml.Mapping mapping when !mapping.entries().isEmpty() ->
          mapping
              .entries()
              .forEach(
                  (name, entry) -> add(key.isEmpty() ? name : key + "." + name, entry.value(), to));
      case Yaml.Sequence list
          when list.items().stream().anyMatch(Yaml.Mapping.class::isInstance) -> {
        for (int i = 0; i < list.items().size(); i++) {
          add(key + "[" + i + "]", list.items().get(i), to);
        }
      }
      default -> to.put(key, text(value));
    }
  }

  private static String text(Yaml value) {
    return switch (value) {
      case Yaml.Text text -> text.text();
      case Yaml.Nothing _ -> "";
      case Yaml.Mapping _ -> "{}";
      case Yaml.Sequence list ->
          list.items().stream().map(ConfigDifference::text).toList().toString();
    };
  }
}
