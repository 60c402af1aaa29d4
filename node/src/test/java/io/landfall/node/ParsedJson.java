package io.landfall.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** JSON as maps and lists, in the order of the text; null is the text {@code "null"}. */
final class ParsedJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private ParsedJson() {}

  static Object parse(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      return value(parser);
    }
  }

  /** An array of objects. */
  static List<Map<String, Object>> rows(String text) {
    return rows(parse(text));
  }

  /** An array of objects, parsed already. */
  static List<Map<String, Object>> rows(Object array) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Object row : (List<?>) array) {
      rows.add(object(row));
    }
    return rows;
  }

  static Map<String, Object> object(Object value) {
    Map<String, Object> result = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, each) -> result.put(String.valueOf(key), each));
    return result;
  }

  private static Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> "null";
      default -> parser.getString();
    };
  }
}
