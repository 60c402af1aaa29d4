package io.landfall.cli;

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

/** A JSON value as the tables read it: what is absent or null reads as a dash. */
final class Json {
  private static final Json NULL = new Json(null);

  private final @Nullable Object value;

  private Json(@Nullable Object value) {
    this.value = value;
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException if the text is not JSON
   */
  static Json parse(String text) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new IllegalArgumentException("nothing where JSON should be");
      }
      return read(parser, first);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Json read(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Json> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          object.put(name, read(parser, parser.nextToken()));
        }
        yield new Json(object);
      }
      case START_ARRAY -> {
        List<Json> array = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          array.add(read(parser, next));
        }
        yield new Json(array);
      }
      case VALUE_TRUE -> new Json(true);
      case VALUE_FALSE -> new Json(false);
      case VALUE_NULL -> NULL;
      default -> new Json(parser.getString());
    };
  }

  boolean isNull() {
    return value == null;
  }

  boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  /** The member of an object. */
  Json get(String name) {
    if (value instanceof Map<?, ?> map && map.get(name) instanceof Json member) {
      return member;
    }
    return NULL;
  }

  /** The members of an object, in order; empty when it is none. */
  SequencedMap<String, Json> members() {
    SequencedMap<String, Json> members = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, member) -> {
            if (member instanceof Json json) {
              members.put(String.valueOf(name), json);
            }
          });
    }
    return members;
  }

  /** The texts of an array, with this between them; a dash for none. */
  String joined(String between) {
    List<String> texts = items().stream().map(Json::text).toList();
    return texts.isEmpty() ? "-" : String.join(between, texts);
  }

  /** The items of an array. */
  List<Json> items() {
    List<Json> items = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Json item) {
          items.add(item);
        }
      }
    }
    return items;
  }

  /** The text of a scalar; a dash for null, objects and arrays. */
  String text() {
    return value == null || value instanceof Map || value instanceof List ? "-" : value.toString();
  }

  /** The text of a member. */
  String text(String name) {
    return get(name).text();
  }

  /** A number; NaN when it is none. */
  double number() {
    try {
      return value instanceof String text ? Double.parseDouble(text) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
