package io.landfall.checks.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a value has that its schema does not allow: the part of JSON Schema that the document of the
 * admin API uses. It is stricter in one point: an object of a schema with properties has no others,
 * so that a new member of an answer is noticed.
 */
final class SchemaRules {
  private final Map<?, ?> document;
  private final List<String> problems = new ArrayList<>();

  private SchemaRules(Map<?, ?> document) {
    this.document = document;
  }

  /** The problems of a value, each with its place; empty when it fits. */
  static List<String> problems(Map<?, ?> document, Object schema, Object value) {
    SchemaRules rules = new SchemaRules(document);
    rules.check((Map<?, ?>) schema, value, "answer");
    return rules.problems;
  }

  /** What a reference leads to; null when nothing. */
  static Object resolved(Map<?, ?> document, String reference) {
    Object at = document;
    for (String name : reference.substring("#/".length()).split("/")) {
      at = at instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return at;
  }

  private void check(Map<?, ?> schema, Object value, String place) {
    if (schema.get("$ref") instanceof String reference) {
      check((Map<?, ?>) resolved(document, reference), value, place);
      return;
    }
    if (schema.get("anyOf") instanceof List<?> choices) {
      if (choices.stream().noneMatch(one -> problems(document, one, value).isEmpty())) {
        problems.add(place + " fits none of " + choices + ": " + value);
      }
      return;
    }
    Object type = schema.get("type");
    List<?> types = type instanceof List<?> several ? several : List.of(String.valueOf(type));
    if (type != null && types.stream().noneMatch(one -> is(String.valueOf(one), value))) {
      problems.add(place + " must be " + type + ", not " + value);
      return;
    }
    if (schema.get("enum") instanceof List<?> words && !words.contains(value)) {
      problems.add(place + " must be one of " + words + ", not " + value);
    }
    if (value instanceof List<?> list && schema.get("items") instanceof Map<?, ?> items) {
      for (int i = 0; i < list.size(); i++) {
        check(items, list.get(i), place + "[" + i + "]");
      }
    }
    if (value instanceof Map<?, ?> object) {
      members(schema, object, place);
    }
  }

  private void members(Map<?, ?> schema, Map<?, ?> object, String place) {
    if (schema.get("required") instanceof List<?> required) {
      for (Object name : required) {
        if (!object.containsKey(name)) {
          problems.add(place + " has no " + name);
        }
      }
    }
    Object known = schema.get("properties");
    Object others = schema.get("additionalProperties");
    object.forEach(
        (name, member) -> {
          if (known instanceof Map<?, ?> properties
              && properties.get(name) instanceof Map<?, ?> own) {
            check(own, member, place + "." + name);
          } else if (others instanceof Map<?, ?> any) {
            check(any, member, place + "." + name);
          } else if (known != null) {
            problems.add(place + " has " + name + ", which the schema has not");
          }
        });
  }

  private static boolean is(String type, Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Integer || value instanceof Long;
      case "number" -> value instanceof Number;
      case "null" -> value == null;
      default -> throw new AssertionError("a schema has the type " + type);
    };
  }
}
