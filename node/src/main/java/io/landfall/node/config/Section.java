package io.landfall.node.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One mapping of the config, read strictly.
 *
 * <p>The reader asks for every key it knows, whether it is there or not; {@link #end} then reports
 * the keys that nobody asked for, with the known key that they most resemble. So the list of known
 * keys cannot drift from the code that reads them. A value that breaks its rule is reported and
 * comes back as absent, so that reading goes on to the next problem.
 */
final class Section {
  private final Problems problems;
  private final String path;
  private final Yaml.Mapping mapping;
  private final List<String> known = new ArrayList<>();

  Section(Problems problems, String path, Yaml.Mapping mapping) {
    this.problems = problems;
    this.path = path;
    this.mapping = mapping;
  }

  /** The whole document as a section. */
  static Optional<Section> of(Problems problems, String path, Yaml yaml) {
    if (yaml instanceof Yaml.Mapping mapping) {
      return Optional.of(new Section(problems, path, mapping));
    }
    problems.add(
        yaml.line(),
        path,
        "must be a mapping, not " + yaml.kind(),
        "write 'key: value' pairs, indented");
    return Optional.empty();
  }

  Problems problems() {
    return problems;
  }

  /** The dotted path of a key in this section. */
  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /**
   * Warns of a key that is read and checked, and that nothing uses yet; does nothing without it.
   */
  void hasNoEffect(String key, String why) {
    if (has(key)) {
      problems.warn(line(key), path(key), "has no effect: " + why, "it may stay");
    }
  }

  /** The line of a key, or of the section when the key is not there. */
  int line(String key) {
    Yaml.Entry entry = mapping.entries().get(key);
    return entry == null ? mapping.line() : entry.keyLine();
  }

  boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  void problem(String key, String rule, String fix) {
    problems.add(line(key), path(key), rule, fix);
  }

  /** Reports a key that has more entries than the node takes. */
  void atMost(String key, int most, int count, String fix) {
    if (count > most) {
      problem(key, "has " + count + " entries, more than " + most, fix);
    }
  }

  /** The value of a key that may be absent. */
  <T> Optional<T> value(String key, Rule<T> rule) {
    return at(key).flatMap(entry -> scalar(path(key), entry.value(), rule));
  }

  /** The value of a key, or a default. */
  <T> T value(String key, Rule<T> rule, T otherwise) {
    return value(key, rule).orElse(otherwise);
  }

  /** The value of a key that must be there. */
  <T> Optional<T> required(String key, Rule<T> rule, String example) {
    if (!has(key)) {
      known.add(key);
      missing(key, example);
      return Optional.empty();
    }
    return value(key, rule);
  }

  /** A nested section that may be absent. */
  Optional<Section> section(String key) {
    return at(key).flatMap(entry -> of(problems, path(key), entry.value()));
  }

  /** A nested section that must be there. */
  Optional<Section> requiredSection(String key, String example) {
    if (!has(key)) {
      known.add(key);
      missing(key, example);
      return Optional.empty();
    }
    return section(key);
  }

  /** A list of values that may be absent; empty items of it are reported. */
  <T> Optional<List<T>> values(String key, Rule<T> rule) {
    return items(key)
        .map(
            items -> {
              List<T> values = new ArrayList<>();
              for (Item item : items) {
                scalar(item.path(), item.yaml(), rule).ifPresent(values::add);
              }
              return values;
            });
  }

  /** A list of mappings that may be absent. */
  Optional<List<Section>> sections(String key) {
    return items(key)
        .map(
            items -> {
              List<Section> sections = new ArrayList<>();
              for (Item item : items) {
                of(problems, item.path(), item.yaml()).ifPresent(sections::add);
              }
              return sections;
            });
  }

  /** The items of a list, unread. */
  Optional<List<Item>> items(String key) {
    Optional<Yaml.Entry> entry = at(key);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    if (!(entry.get().value() instanceof Yaml.Sequence sequence)) {
      problem(
          key, "must be a list, not " + entry.get().value().kind(), "write it as [first, second]");
      return Optional.empty();
    }
    List<Item> items = new ArrayList<>();
    for (Yaml yaml : sequence.items()) {
      items.add(new Item(path(key) + "[" + items.size() + "]", yaml));
    }
    return Optional.of(items);
  }

  /** Keys that are names, with their values unread; every key counts as known. */
  Map<String, Yaml.Entry> named() {
    known.addAll(mapping.entries().keySet());
    return new LinkedHashMap<>(mapping.entries());
  }

  /** The entry under a key, unread, when it is there and has a value. */
  Optional<Yaml> raw(String key) {
    return at(key).map(Yaml.Entry::value);
  }

  /** Reports every key that nobody asked for. */
  void end() {
    for (Map.Entry<String, Yaml.Entry> entry : mapping.entries().entrySet()) {
      String key = entry.getKey();
      if (known.contains(key)) {
        continue;
      }
      problems.add(entry.getValue().keyLine(), path(key), "unknown key", fixFor(key));
    }
  }

  /** Reads one value by its rule; a broken rule is reported. */
  <T> Optional<T> scalar(String at, Yaml yaml, Rule<T> rule) {
    if (!(yaml instanceof Yaml.Text text)) {
      String rest = yaml instanceof Yaml.Nothing ? "has no value" : "must be a single value, not ";
      problems.add(
          yaml.line(),
          at,
          yaml instanceof Yaml.Nothing ? rest : rest + yaml.kind(),
          "write the value behind the key");
      return Optional.empty();
    }
    try {
      return Optional.of(rule.read(text.text()));
    } catch (BadValue bad) {
      problems.add(yaml.line(), at, bad.rule(), bad.fix());
      return Optional.empty();
    }
  }

  private Optional<Yaml.Entry> at(String key) {
    known.add(key);
    Yaml.Entry entry = mapping.entries().get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value() instanceof Yaml.Nothing) {
      problem(key, "has no value", "give it one, or remove the key");
      return Optional.empty();
    }
    return Optional.of(entry);
  }

  private void missing(String key, String example) {
    problems.add(mapping.line(), path(key), "is missing", "add '" + key + ": " + example + "'");
  }

  private String fixFor(String key) {
    int colon = key.indexOf(':');
    if (colon > 0 && known.contains(key.substring(0, colon))) {
      return "put a space after the colon: '" + key.substring(0, colon) + ": ...'";
    }
    return Similar.to(key, known)
        .map(near -> "did you mean '" + near + "'?")
        .orElse("known here: " + String.join(", ", known.stream().distinct().sorted().toList()));
  }

  /** One item of a list with its path. */
  record Item(String path, Yaml yaml) {}
}
