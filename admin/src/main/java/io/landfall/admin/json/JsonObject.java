package io.landfall.admin.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as it is built: names and values in order. For the looking glass, whose contract is
 * another program's; what is a contract of ours has records ({@link io.landfall.admin.model}).
 *
 * <p>A value is text, a number, a truth value, another object, a list of values, or nothing, which
 * becomes null.
 */
public final class JsonObject {
  private final SequencedMap<String, @Nullable Object> members = new LinkedHashMap<>();

  /** An object without members. */
  public JsonObject() {}

  /** Adds text. */
  public JsonObject put(String name, String value) {
    members.put(name, value);
    return this;
  }

  /** Adds a whole number. */
  public JsonObject put(String name, long value) {
    members.put(name, value);
    return this;
  }

  /** Adds a number, to the thousandth. */
  public JsonObject put(String name, double value) {
    members.put(name, value);
    return this;
  }

  /** Adds a truth value. */
  public JsonObject put(String name, boolean value) {
    members.put(name, value);
    return this;
  }

  /** Adds an object. */
  public JsonObject put(String name, JsonObject value) {
    members.put(name, value);
    return this;
  }

  /** Adds a list of texts, numbers, objects or lists. */
  public JsonObject put(String name, List<?> values) {
    members.put(name, List.copyOf(values));
    return this;
  }

  /** Adds a text, an object or a number that may be absent; then it is null. */
  public JsonObject put(String name, Optional<?> value) {
    members.put(name, value.orElse(null));
    return this;
  }

  /** Adds a number that may be absent; then it is null. */
  public JsonObject put(String name, OptionalLong value) {
    members.put(name, value.isPresent() ? (Object) value.getAsLong() : null);
    return this;
  }

  /** The members in their order. */
  Map<String, @Nullable Object> members() {
    return members;
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
