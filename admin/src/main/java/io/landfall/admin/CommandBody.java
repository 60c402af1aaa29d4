package io.landfall.admin;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The body of a command: one flat JSON object with known keys, read strictly. */
final class CommandBody {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, Object> values;

  private CommandBody(Map<String, Object> values) {
    this.values = values;
  }

  /** A body that is wrong, with a sentence for whoever sent it. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String sentence) {
      super(sentence, null, false, false);
    }

    String sentence() {
      String sentence = getMessage();
      return sentence == null ? "" : sentence;
    }
  }

  /** What a decoder puts where bytes are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  /** Reads a body; an empty one is an empty object. */
  static CommandBody read(String text, List<String> known) throws Wrong {
    Map<String, Object> values = new LinkedHashMap<>();
    if (text.isBlank()) {
      return new CommandBody(values);
    }
    if (text.indexOf(REPLACEMENT) >= 0) {
      // RFC 8259 section 8.1: what stood there is lost, and a command is taken as it is written, or
      // not at all.
      throw new Wrong("the body is not UTF-8, or has U+FFFD, which stands for what is not");
    }
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new Wrong("the body must be a JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        if (!known.contains(name)) {
          throw new Wrong(
              "the body has the unknown key '" + name + "'; known: " + String.join(", ", known));
        }
        Object value =
            switch (json.nextToken()) {
              case VALUE_STRING -> whole(name, json.getString());
              case VALUE_NUMBER_INT -> json.getLongValue();
              case VALUE_TRUE -> true;
              case VALUE_FALSE -> false;
              default ->
                  throw new Wrong("'" + name + "' must be a text, a whole number, true or false");
            };
        if (values.put(name, value) != null) {
          throw new Wrong("the body has '" + name + "' twice");
        }
      }
      if (json.nextToken() != null) {
        throw new Wrong("the body goes on after its JSON object");
      }
    } catch (JacksonException e) {
      throw new Wrong("the body is not JSON: " + e.getOriginalMessage());
    }
    return new CommandBody(values);
  }

  private static String whole(String name, String text) throws Wrong {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new Wrong("'" + name + "' has half of a surrogate pair");
    }
    return text;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) throws Wrong {
    if (values.get(name) instanceof String text) {
      return text;
    }
    throw new Wrong("'" + name + "' must be a text");
  }

  long number(String name, long least, long most) throws Wrong {
    if (values.get(name) instanceof Long number && number >= least && number <= most) {
      return number;
    }
    throw new Wrong("'" + name + "' must be a whole number from " + least + " to " + most);
  }

  boolean truth(String name) throws Wrong {
    if (values.get(name) instanceof Boolean truth) {
      return truth;
    }
    throw new Wrong("'" + name + "' must be true or false");
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }
}
