package io.landfall.admin.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON value of any shape: what is absent or null reads as null, and as a dash in text. */
public final class JsonValue {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonValue NULL = new JsonValue(null);

  private final @Nullable Object value;

  private JsonValue(@Nullable Object value) {
    this.value = value;
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException if the text is not JSON
   */
  public static JsonValue parse(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new IllegalArgumentException("nothing where JSON should be");
      }
      return read(parser, first);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static JsonValue read(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, JsonValue> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          object.put(name, read(parser, parser.nextToken()));
        }
        yield new JsonValue(object);
      }
      case START_ARRAY -> {
        List<JsonValue> array = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          array.add(read(parser, next));
        }
        yield new JsonValue(array);
      }
      case VALUE_TRUE -> new JsonValue(true);
      case VALUE_FALSE -> new JsonValue(false);
      case VALUE_NULL -> NULL;
      default -> new JsonValue(parser.getString());
    };
  }

  /** Whether it is null, or absent. */
  public boolean isNull() {
    return value == null;
  }

  /** Whether it is true. */
  public boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  /** The member of an object. */
  public JsonValue get(String name) {
    if (value instanceof Map<?, ?> map && map.get(name) instanceof JsonValue member) {
      return member;
    }
    return NULL;
  }

  /** The members of an object, in order; empty when it is none. */
  public SequencedMap<String, JsonValue> members() {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, member) -> {
            if (member instanceof JsonValue json) {
              members.put(String.valueOf(name), json);
            }
          });
    }
    return members;
  }

  /** The items of an array. */
  public List<JsonValue> items() {
    List<JsonValue> items = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof JsonValue item) {
          items.add(item);
        }
      }
    }
    return items;
  }

  /** The text of a scalar; a dash for null, objects and arrays. */
  public String text() {
    return value == null || value instanceof Map || value instanceof List ? "-" : value.toString();
  }

  /** The text of a member. */
  public String text(String name) {
    return get(name).text();
  }

  /** A number; NaN when it is none. */
  public double number() {
    try {
      return value instanceof String text ? Double.parseDouble(text) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
