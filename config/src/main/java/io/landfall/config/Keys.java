package io.landfall.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The declared keys of one section, in the order of the reference. */
final class Keys {
  private final String path;
  private final List<Key<?>> keys = new ArrayList<>();

  /** A section at a declared path, such as {@code ingress.upstreams[]}. */
  Keys(String path) {
    this.path = path;
  }

  /** Every key of the config, a section's own keys right behind the section. */
  static List<Key<?>> all() {
    return NodeReader.KEYS.keys.stream()
        .flatMap(top -> Stream.concat(Stream.of(top), below(top)))
        .toList();
  }

  private static Stream<Key<?>> below(Key<?> section) {
    return sections()
        .filter(keys -> keys.path.equals(section.inside()))
        .flatMap(keys -> keys.keys.stream())
        .flatMap(key -> Stream.concat(Stream.of(key), below(key)));
  }

  /** Every section below the top. */
  private static Stream<Keys> sections() {
    return Stream.of(
            NodeReader.SECTIONS,
            OverlayReader.SECTIONS,
            List.of(BfdReader.KEYS),
            PlainBgpReader.SECTIONS,
            TrustReader.SECTIONS,
            IngressReader.SECTIONS,
            EdgeReader.SECTIONS,
            ServicesReader.SECTIONS,
            TrafficReader.SECTIONS,
            CacheSectionReader.SECTIONS,
            CacheSitesReader.SECTIONS,
            CacheDisksReader.SECTIONS,
            CacheCompressionReader.SECTIONS,
            List.of(ProbeReader.KEYS),
            ServiceBgpReader.SECTIONS,
            WatchReader.SECTIONS,
            AccessLogReader.SECTIONS,
            TracingReader.SECTIONS)
        .flatMap(List::stream);
  }

  String path() {
    return path;
  }

  /** One value. */
  <T> Key.Draft<T> value(String name, ValueRule<T> rule) {
    return new Key.Draft<>(this, name, Key.Kind.VALUE, rule.shape(), Optional.of(rule));
  }

  /** One value of a shape; what it means depends on other keys, or on where the config file is. */
  <T> Key.Draft<T> value(String name, Shape shape) {
    return new Key.Draft<>(this, name, Key.Kind.VALUE, shape, Optional.empty());
  }

  /** A list of values. */
  <T> Key.Draft<T> values(String name, ValueRule<T> rule) {
    return new Key.Draft<>(this, name, Key.Kind.VALUES, rule.shape(), Optional.of(rule));
  }

  /** A list of values of a shape; what they mean depends on other keys. */
  Key.Draft<Object> values(String name, Shape shape) {
    return new Key.Draft<>(this, name, Key.Kind.VALUES, shape, Optional.empty());
  }

  /** A value of a shape, or a list of them. */
  Key.Draft<Object> valueOrValues(String name, Shape shape) {
    return new Key.Draft<>(this, name, Key.Kind.VALUE_OR_VALUES, shape, Optional.empty());
  }

  /** A list, of which each item is a value, or a mapping that has it and more. */
  <T> Key.Draft<T> valuesOrSections(String name, ValueRule<T> rule) {
    return new Key.Draft<>(
        this, name, Key.Kind.VALUES_OR_SECTIONS, rule.shape(), Optional.of(rule));
  }

  /** A mapping. */
  Key.Draft<Object> section(String name) {
    return sections(name, Key.Kind.SECTION);
  }

  /** A list of mappings. */
  Key.Draft<Object> sections(String name) {
    return sections(name, Key.Kind.SECTIONS);
  }

  /** A mapping, or a list of them. */
  Key.Draft<Object> sectionOrSections(String name) {
    return sections(name, Key.Kind.SECTION_OR_SECTIONS);
  }

  private Key.Draft<Object> sections(String name, Key.Kind kind) {
    return new Key.Draft<>(this, name, kind, Shapes.ANY, Optional.empty());
  }

  /** Takes a key whose declaration is complete. */
  <T> Key<T> add(Key<T> key) {
    keys.add(key);
    return key;
  }
}
