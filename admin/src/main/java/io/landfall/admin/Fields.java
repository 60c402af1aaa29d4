package io.landfall.admin;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A JSON object as it is built: names and values in order. For the views that have too many members
 * for a record each; the names are written where the values are, and are a contract all the same.
 *
 * <p>A value is text, a number, a truth value, another object, a list of values, or nothing, which
 * becomes null.
 */
public final class Fields {
  private final SequencedMap<String, @Nullable Object> members = new LinkedHashMap<>();

  /** An object without members. */
  public Fields() {}

  /** Adds text. */
  public Fields put(String name, String value) {
    members.put(name, value);
    return this;
  }

  /** Adds a whole number. */
  public Fields put(String name, long value) {
    members.put(name, value);
    return this;
  }

  /** Adds a number, to the thousandth. */
  public Fields put(String name, double value) {
    members.put(name, Math.round(value * 1_000) / 1_000.0);
    return this;
  }

  /** Adds a truth value. */
  public Fields put(String name, boolean value) {
    members.put(name, value);
    return this;
  }

  /** Adds an object. */
  public Fields put(String name, Fields value) {
    members.put(name, value);
    return this;
  }

  /** Adds a list of texts, numbers, objects or lists. */
  public Fields put(String name, List<?> values) {
    members.put(name, List.copyOf(values));
    return this;
  }

  /** Adds a text, an object or a number that may be absent; then it is null. */
  public Fields put(String name, Optional<?> value) {
    members.put(name, value.orElse(null));
    return this;
  }

  /** Adds a number that may be absent; then it is null. */
  public Fields put(String name, OptionalLong value) {
    members.put(name, value.isPresent() ? (Object) value.getAsLong() : null);
    return this;
  }

  /** Adds a number that may be absent; then it is null. */
  public Fields put(String name, OptionalInt value) {
    return put(name, value.isPresent() ? OptionalLong.of(value.getAsInt()) : OptionalLong.empty());
  }

  /** What a member is; null when it is null or absent. */
  @Nullable Object get(String name) {
    return members.get(name);
  }

  /** Writes the object. */
  void write(JsonGenerator json) {
    json.writeStartObject();
    members.forEach(
        (name, value) -> {
          json.writeName(name);
          write(json, value);
        });
    json.writeEndObject();
  }

  /** Writes any of the values that a member may have. */
  static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Fields object -> object.write(json);
      case Collection<?> list -> {
        json.writeStartArray();
        list.forEach(each -> write(json, each));
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Double number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.longValue());
      default -> json.writeString(value.toString());
    }
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
