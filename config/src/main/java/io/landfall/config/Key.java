package io.landfall.config;

import io.landfall.core.InvariantBroken;
import java.util.Optional;

/**
 * The declaration of one key of the config: docs/CONFIG.md and docs/config.schema.json are made of
 * it, and {@link Section} reads by it.
 *
 * @param <T> what its value means
 */
final class Key<T> {
  /** What stands behind a key. */
  enum Kind {
    /** One value. */
    VALUE,
    /** A list of values. */
    VALUES,
    /** One value, or a list of them. */
    VALUE_OR_VALUES,
    /** A list, of which each item is a value or a mapping. */
    VALUES_OR_SECTIONS,
    /** A mapping. */
    SECTION,
    /** A list of mappings. */
    SECTIONS,
    /** A mapping, or a list of them. */
    SECTION_OR_SECTIONS
  }

  private final Keys section;
  private final Draft<T> draft;
  private final String sentence;

  private Key(Keys section, Draft<T> draft, String sentence) {
    this.section = section;
    this.draft = draft;
    this.sentence = sentence;
  }

  /** Its last word; in upper case, such as {@code NODE}, it stands for any name. */
  String name() {
    return draft.name;
  }

  /** The declared path of the section that it is in, such as {@code ingress.upstreams[]}. */
  String parent() {
    return section.path();
  }

  /** The dotted path, such as {@code ingress.upstreams[].asn}. */
  String path() {
    return parent().isEmpty() ? name() : parent() + "." + name();
  }

  /** The declared path of the sections behind it: that of a list of mappings has {@code []}. */
  String inside() {
    return kind() == Kind.SECTIONS || kind() == Kind.VALUES_OR_SECTIONS ? path() + "[]" : path();
  }

  Kind kind() {
    return draft.kind;
  }

  /** How a value of it is written. */
  Shape shape() {
    return draft.shape;
  }

  /** How the names are written that this key stands for; empty for a key with a name of its own. */
  Optional<Shape> names() {
    return draft.names;
  }

  /** Whether its rule is declared, and not made by its reader. */
  boolean hasRule() {
    return draft.rule.isPresent();
  }

  /** What a value of it must be. */
  ValueRule<T> rule() {
    return draft.rule.orElseThrow(
        () -> new InvariantBroken(path() + " is read by a rule that its reader makes"));
  }

  /** Whether its default is declared as a value, and not in words only. */
  boolean hasDefault() {
    return draft.otherwise.isPresent();
  }

  /** The value when the config gives none. */
  T otherwise() {
    return draft.otherwise.orElseThrow(() -> new InvariantBroken(path() + " has no default"));
  }

  /** The default in words; empty for none. */
  String otherwiseText() {
    return draft.otherwiseText;
  }

  /** For a key that must be there, a value to show. */
  Optional<String> example() {
    return draft.example;
  }

  /** The most entries that a list or a mapping of names may have. */
  int most() {
    return draft.most;
  }

  /** What the key is for, in Markdown. */
  String sentence() {
    return sentence;
  }

  @Override
  public String toString() {
    return path();
  }

  /**
   * A key of which not everything is known yet; {@link #is} makes it a key of its section.
   *
   * @param <T> what its value means
   */
  static final class Draft<T> {
    private final Keys section;
    private final String name;
    private final Kind kind;
    private final Shape shape;
    private final Optional<ValueRule<T>> rule;
    private Optional<T> otherwise = Optional.empty();
    private String otherwiseText = "";
    private Optional<Shape> names = Optional.empty();
    private Optional<String> example = Optional.empty();
    private int most = Integer.MAX_VALUE;

    Draft(Keys section, String name, Kind kind, Shape shape, Optional<ValueRule<T>> rule) {
      this.section = section;
      this.name = name;
      this.kind = kind;
      this.shape = shape;
      this.rule = rule;
    }

    /** The value when the config gives none. */
    Draft<T> otherwise(T value) {
      return otherwise(value, shape.show(value));
    }

    /** The value when the config gives none, and how it is written. */
    Draft<T> otherwise(T value, String text) {
      otherwise = Optional.of(value);
      otherwiseText = text;
      return this;
    }

    /** What holds when the config gives none, where that depends on other keys. */
    Draft<T> otherwiseAs(String words) {
      otherwiseText = words;
      return this;
    }

    /** It must be there, with a value such as this one. */
    Draft<T> required(String value) {
      example = Optional.of(value);
      return this;
    }

    /** Its name stands for any name of this shape. */
    Draft<T> forNames(Shape shapeOfNames) {
      names = Optional.of(shapeOfNames);
      return this;
    }

    /** At most so many entries. */
    Draft<T> atMost(int entries) {
      most = entries;
      return this;
    }

    /** Declares the key, with one sentence on what it is for. */
    Key<T> is(String sentence) {
      return section.add(new Key<>(section, this, sentence));
    }
  }
}
