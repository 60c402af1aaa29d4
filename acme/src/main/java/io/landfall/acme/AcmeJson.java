package io.landfall.acme;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a CA answers in JSON. What is missing or of another kind is an {@link AcmeFailure}: nothing
 * of it is relied on.
 */
final class AcmeJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Objects in objects; ACME has four. */
  private static final int MAX_DEPTH = 16;

  private final Map<String, Object> members;

  private AcmeJson(Map<String, Object> members) {
    this.members = members;
  }

  /**
   * One object.
   *
   * @throws AcmeFailure when these bytes are not one
   */
  static AcmeJson of(byte[] bytes) throws AcmeFailure {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return new AcmeJson(object(parser, 0));
      }
    } catch (JacksonException e) {
      throw new AcmeFailure(
          "the CA's answer is no JSON: "
              + AcmeFailure.clean(String.valueOf(e.getOriginalMessage())));
    }
    throw new AcmeFailure("the CA's answer is no object of JSON");
  }

  private static Map<String, Object> object(JsonParser parser, int depth) throws AcmeFailure {
    Map<String, Object> members = new LinkedHashMap<>();
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.END_OBJECT;
        token = parser.nextToken()) {
      String name = String.valueOf(parser.currentName());
      members.put(name, value(parser, parser.nextToken(), depth));
    }
    return members;
  }

  private static Object value(JsonParser parser, JsonToken token, int depth) throws AcmeFailure {
    if (depth >= MAX_DEPTH) {
      throw new AcmeFailure("the CA's answer is nested too deep");
    }
    return switch (token) {
      case START_OBJECT -> new AcmeJson(object(parser, depth + 1));
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        for (JsonToken each = parser.nextToken();
            each != null && each != JsonToken.END_ARRAY;
            each = parser.nextToken()) {
          items.add(value(parser, each, depth + 1));
        }
        yield items;
      }
      default -> String.valueOf(parser.getString());
    };
  }

  /** A text; empty if there is none. Numbers and literals are texts too. */
  Optional<String> text(String name) {
    return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** A text that has to be there. */
  String required(String name) throws AcmeFailure {
    return text(name)
        .orElseThrow(() -> new AcmeFailure("the CA's answer has no '" + name + "' with a text"));
  }

  /** An object; empty if there is none. */
  Optional<AcmeJson> object(String name) {
    return members.get(name) instanceof AcmeJson json ? Optional.of(json) : Optional.empty();
  }

  /** The texts of an array. */
  List<String> texts(String name) {
    return items(name, String.class);
  }

  /** The objects of an array. */
  List<AcmeJson> objects(String name) {
    return items(name, AcmeJson.class);
  }

  private <T> List<T> items(String name, Class<T> kind) {
    List<T> found = new ArrayList<>();
    if (members.get(name) instanceof List<?> items) {
      for (Object item : items) {
        if (kind.isInstance(item)) {
          found.add(kind.cast(item));
        }
      }
    }
    return found;
  }

  /** A text as JSON writes it. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
