package io.landfall.config;

import io.landfall.core.InvariantBroken;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One mapping of the config, read strictly.
 *
 * <p>The reader asks for every key it knows, by its declaration ({@link Key}), whether it is there
 * or not; {@link #end} then reports the keys that were not asked for, with the known key that they
 * most resemble. So the list of known keys cannot drift from the code that reads them, and no key
 * is read that the reference of the config does not have. A value that breaks its rule is reported
 * and comes back as absent, so that reading goes on to the next problem.
 */
final class Section {
  /** Keys that are shown of a section that is not written as a mapping. */
  private static final int SHOWN_KEYS = 3;

  private final Problems problems;
  private final String path;
  private final String declared;
  private final Yaml.Mapping mapping;
  private final List<String> known = new ArrayList<>();

  private Section(Problems problems, String path, String declared, Yaml.Mapping mapping) {
    this.problems = problems;
    this.path = path;
    this.declared = declared;
    this.mapping = mapping;
  }

  /** The whole document as a section. */
  static Optional<Section> of(Problems problems, Yaml yaml) {
    return of(problems, "", "", yaml);
  }

  private static Optional<Section> of(Problems problems, String path, String declared, Yaml yaml) {
    if (yaml instanceof Yaml.Mapping mapping) {
      return Optional.of(new Section(problems, path, declared, mapping));
    }
    problems.add(yaml.line(), path, "must be a mapping, not " + yaml.kind(), asMapping(declared));
    return Optional.empty();
  }

  /** How a section is written: with its first keys, if they have names of their own. */
  private static String asMapping(String declared) {
    List<Key<?>> keys = Keys.all().stream().filter(key -> key.parent().equals(declared)).toList();
    if (keys.isEmpty() || keys.getFirst().names().isPresent()) {
      return "write 'key: value' pairs, indented";
    }
    StringBuilder text = new StringBuilder("write {");
    for (Key<?> key : keys.subList(0, Math.min(SHOWN_KEYS, keys.size()))) {
      text.append(key.name()).append(": ..., ");
    }
    if (keys.size() <= SHOWN_KEYS) {
      text.setLength(text.length() - 2);
    }
    return text.append(keys.size() > SHOWN_KEYS ? "...}" : "}").toString();
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
  void hasNoEffect(Key<?> key, String why) {
    if (has(key.name())) {
      problems.warn(line(key.name()), path(key.name()), "has no effect: " + why, "it may stay");
    }
  }

  /** Warns of a value that is no problem, and does not do what its writer may expect. */
  void warn(Key<?> key, String rule, String fix) {
    problems.warn(line(key.name()), path(key.name()), rule, fix);
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
  void atMost(Key<?> key, int count, String fix) {
    if (count > key.most()) {
      problem(key.name(), "has " + count + " entries, more than " + key.most(), fix);
    }
  }

  /** The value of a key that may be absent. */
  <T> Optional<T> value(Key<T> key) {
    return value(key, key.rule());
  }

  /** The value of a key that may be absent, by a rule that the reader made. */
  <T> Optional<T> value(Key<?> key, ValueRule<T> rule) {
    String name = nameOf(key);
    return at(name).flatMap(entry -> scalar(path(name), entry.value(), rule));
  }

  /** The value of a key, or its default. */
  <T> T valueOrDefault(Key<T> key) {
    return value(key).orElse(key.otherwise());
  }

  /** The value of a key that must be there. */
  <T> Optional<T> required(Key<T> key) {
    return required(key, key.rule());
  }

  /** The value of a key that must be there, by a rule that the reader made. */
  <T> Optional<T> required(Key<?> key, ValueRule<T> rule) {
    return isMissing(key) ? Optional.empty() : value(key, rule);
  }

  /** A nested section that may be absent. */
  Optional<Section> section(Key<?> key) {
    return section(key, nameOf(key));
  }

  /** A nested section under one of the names that a key stands for. */
  Optional<Section> section(Key<?> key, String name) {
    nameOf(key);
    return at(name).flatMap(entry -> of(problems, path(name), key.inside(), entry.value()));
  }

  /** A nested section that must be there. */
  Optional<Section> requiredSection(Key<?> key) {
    return isMissing(key) ? Optional.empty() : section(key);
  }

  /** A list of values that may be absent; empty items of it are reported. */
  <T> Optional<List<T>> values(Key<T> key) {
    return values(nameOf(key), key.rule());
  }

  /** A list of values that may be absent, by a rule that the reader made. */
  <T> Optional<List<T>> values(Key<?> key, ValueRule<T> rule) {
    return values(nameOf(key), rule);
  }

  /** A list of values under one of the names that a key stands for. */
  <T> Optional<List<T>> values(Key<T> key, String name) {
    nameOf(key);
    return values(name, key.rule());
  }

  private <T> Optional<List<T>> values(String name, ValueRule<T> rule) {
    return items(name)
        .map(
            items -> {
              List<T> values = new ArrayList<>();
              for (Item item : items) {
                scalar(item.path(), item.yaml(), rule).ifPresent(values::add);
              }
              return values;
            });
  }

  /** A list that may be absent, of which each item is a value or a mapping. */
  <T> Optional<List<T>> valuesOrSections(Key<T> key, Function<Section, Optional<T>> reader) {
    return items(key)
        .map(
            items -> {
              List<T> values = new ArrayList<>();
              for (Item item : items) {
                Optional<T> value =
                    item.yaml() instanceof Yaml.Mapping
                        ? of(problems, item.path(), key.inside(), item.yaml()).flatMap(reader)
                        : scalar(item.path(), item.yaml(), key.rule());
                value.ifPresent(values::add);
              }
              return values;
            });
  }

  /** A list of mappings that may be absent. */
  Optional<List<Section>> sections(Key<?> key) {
    return items(key)
        .map(
            items -> {
              List<Section> sections = new ArrayList<>();
              for (Item item : items) {
                of(problems, item.path(), key.inside(), item.yaml()).ifPresent(sections::add);
              }
              return sections;
            });
  }

  /** The items of a list, unread. */
  Optional<List<Item>> items(Key<?> key) {
    return items(nameOf(key));
  }

  private Optional<List<Item>> items(String key) {
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

  /** The names that a key stands for here, with their values unread; every one counts as known. */
  Map<String, Yaml.Entry> named(Key<?> key) {
    if (key.names().isEmpty()) {
      throw new InvariantBroken(key + " is one key and stands for no names");
    }
    nameOf(key);
    known.addAll(mapping.entries().keySet());
    return entries();
  }

  /** Everything in this section, unread, to be checked against other sections. */
  Map<String, Yaml.Entry> entries() {
    return Collections.unmodifiableMap(mapping.entries());
  }

  /** The entry under a key, unread, when it is there and has a value. */
  Optional<Yaml> raw(Key<?> key) {
    return at(nameOf(key)).map(Yaml.Entry::value);
  }

  /** The name of a key that is declared for this section. */
  private String nameOf(Key<?> key) {
    if (!key.parent().equals(declared)) {
      throw new InvariantBroken(key + " is asked for in section '" + declared + "'");
    }
    return key.name();
  }

  /** Reports every key that was not asked for. */
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
  <T> Optional<T> scalar(String at, Yaml yaml, ValueRule<T> rule) {
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

  private boolean isMissing(Key<?> key) {
    String name = nameOf(key);
    if (has(name)) {
      return false;
    }
    known.add(name);
    String example = key.example().orElseThrow(() -> new InvariantBroken(key + " has no example"));
    problems.add(mapping.line(), path(name), "is missing", "add '" + name + ": " + example + "'");
    return true;
  }

  private String fixFor(String key) {
    int colon = key.indexOf(':');
    if (colon > 0 && known.contains(key.substring(0, colon))) {
      return "put a space after the colon: '" + key.substring(0, colon) + ": ...'";
    }
    return SpellingSuggestion.to(key, known)
        .map(near -> "did you mean '" + near + "'?")
        .orElse("known here: " + String.join(", ", known.stream().distinct().sorted().toList()));
  }

  /** One item of a list with its path. */
  record Item(String path, Yaml yaml) {}
}
