package io.landfall.admin.json;

import io.landfall.core.InvariantBroken;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Records from the JSON that {@link JsonWriter} makes of them. The two ends may be of two versions:
 * members that are not known here are passed over, and what is missing reads as empty, zero, false
 * or no text.
 */
public final class JsonReader {
  private JsonReader() {}

  /**
   * Reads one object.
   *
   * @throws IllegalArgumentException if the text is not JSON, or a member not of its type
   */
  public static <T extends Record> T read(String text, Class<T> type) {
    return type.cast(object(JsonValue.parse(text), type));
  }

  /**
   * Reads an array of objects.
   *
   * @throws IllegalArgumentException if the text is not JSON, or a member not of its type
   */
  public static <T extends Record> List<T> readAll(String text, Class<T> type) {
    List<T> all = new ArrayList<>();
    for (JsonValue item : JsonValue.parse(text).items()) {
      all.add(type.cast(object(item, type)));
    }
    return all;
  }

  private static Object object(JsonValue json, Class<?> type) {
    RecordComponent[] components = RecordShape.of(type);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] =
          components[i].isAnnotationPresent(Inline.class)
              ? inline(json, components[i])
              : value(json.get(components[i].getName()), components[i].getGenericType());
    }
    try {
      return RecordShape.constructor(type).newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("no " + type.getSimpleName() + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new InvariantBroken("the model's records are public: " + type, e);
    }
  }

  /** The members of the object itself; an optional one is there when any of its members is. */
  private static Object inline(JsonValue json, RecordComponent component) {
    if (component.getType() != Optional.class) {
      return object(json, component.getType());
    }
    Class<?> inner = (Class<?>) argument(component.getGenericType(), 0);
    for (RecordComponent member : RecordShape.of(inner)) {
      if (!json.get(member.getName()).isNull()) {
        return Optional.of(object(json, inner));
      }
    }
    return Optional.empty();
  }

  private static Type argument(Type type, int place) {
    return ((ParameterizedType) type).getActualTypeArguments()[place];
  }

  private static Object value(JsonValue json, Type type) {
    // Not a switch: the first one over types in a process spins classes for it, a tenth of a
    // command's time.
    if (type instanceof ParameterizedType generic) {
      return generic(json, generic);
    }
    if (type instanceof Class<?> plain) {
      return plain(json, plain);
    }
    throw new InvariantBroken("not a type of the model: " + type);
  }

  private static Object generic(JsonValue json, ParameterizedType type) {
    if (type.getRawType() == Optional.class) {
      return json.isNull() ? Optional.empty() : Optional.of(value(json, argument(type, 0)));
    }
    if (type.getRawType() == List.class) {
      List<Object> items = new ArrayList<>();
      json.items().forEach(item -> items.add(value(item, argument(type, 0))));
      return items;
    }
    if (type.getRawType() == Map.class) {
      Map<String, Object> members = new LinkedHashMap<>();
      json.members().forEach((name, item) -> members.put(name, value(item, argument(type, 1))));
      return members;
    }
    throw new InvariantBroken("not a type of the model: " + type);
  }

  private static Object plain(JsonValue json, Class<?> type) {
    if (type == String.class) {
      return json.isNull() ? "" : json.text();
    }
    if (type == boolean.class) {
      return json.isTrue();
    }
    if (type == double.class) {
      return json.isNull() ? 0.0 : json.number();
    }
    if (type == long.class || type == Long.class) {
      return json.isNull() ? 0L : (long) json.number();
    }
    if (type == int.class) {
      return json.isNull() ? 0 : (int) json.number();
    }
    if (type == OptionalLong.class) {
      return json.isNull() ? OptionalLong.empty() : OptionalLong.of((long) json.number());
    }
    if (type == OptionalDouble.class) {
      return json.isNull() ? OptionalDouble.empty() : OptionalDouble.of(json.number());
    }
    if (type == Instant.class) {
      return time(json);
    }
    return object(json, type);
  }

  private static Instant time(JsonValue json) {
    if (json.isNull()) {
      return Instant.EPOCH;
    }
    try {
      return Instant.parse(json.text());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a time: " + json.text(), e);
    }
  }
}
