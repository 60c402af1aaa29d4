package io.landfall.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** What is made of the declared keys: the table in docs/CONFIG.md, and the schema for editors. */
final class ConfigReference {
  /** What precedes the table in docs/CONFIG.md. */
  static final String BEGIN = "<!-- keys: made by ConfigReferenceTest from the readers -->\n";

  /** What follows the table. */
  static final String END = "<!-- end of keys -->\n";

  private static final String DURATION = "^[0-9]{1,9}(ms|s|m|h)$";
  private static final String SIZE = "^[0-9]{1,9}(B|KiB|MiB|GiB)$";

  private final List<Key<?>> keys;

  ConfigReference(List<Key<?>> keys) {
    this.keys = keys;
  }

  /** The page with the table of today between its markers. */
  String page(String page) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new AssertionError("docs/CONFIG.md has lost a marker: " + BEGIN + END);
    }
    return page.substring(0, begin) + BEGIN + table() + page.substring(end);
  }

  private String table() {
    String head = "| key | value | default | meaning |\n|---|---|---|---|\n";
    return keys.stream()
        .map(
            key ->
                "| `%s` | %s | %s | %s |\n"
                    .formatted(key.path(), words(key), otherwise(key), key.sentence()))
        .collect(Collectors.joining("", head, ""));
  }

  private static String words(Key<?> key) {
    String one = key.shape().words();
    String words =
        switch (key.kind()) {
          case VALUE -> one;
          case VALUES -> "list; " + one;
          case VALUE_OR_VALUES -> one + ", or a list of it";
          case VALUES_OR_SECTIONS -> "list; " + one + ", or a mapping";
          case SECTION -> "mapping";
          case SECTIONS -> "list of mappings";
          case SECTION_OR_SECTIONS -> "mapping, or a list of them";
        };
    if (key.most() == Integer.MAX_VALUE) {
      return words;
    }
    return words
        + (key.names().isPresent() ? "; at most %d of them" : "; at most %d").formatted(key.most());
  }

  private static String otherwise(Key<?> key) {
    if (key.example().isPresent()) {
      return "required";
    }
    boolean section = key.kind() == Key.Kind.SECTION || key.kind() == Key.Kind.SECTIONS;
    return key.otherwiseText().isEmpty() && !section ? "none" : key.otherwiseText();
  }

  /** The JSON Schema (2020-12) of a config. */
  String schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "The config of a Landfall node");
    schema.put(
        "description",
        "Made by ConfigReferenceTest from the readers of the config. See CONFIG.md.");
    schema.putAll(mapping(""));
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }

  /** The schema of the mapping at a declared path. */
  private Map<String, Object> mapping(String path) {
    Map<String, Object> schema = new LinkedHashMap<>();
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    for (Key<?> key : keys) {
      if (!key.parent().equals(path)) {
        continue;
      }
      if (key.names().isPresent()) {
        schema.put("propertyNames", Map.of("pattern", ((Shape.Text) key.names().get()).pattern()));
        schema.put("additionalProperties", described(key));
        if (key.most() < Integer.MAX_VALUE) {
          schema.put("maxProperties", key.most());
        }
      } else {
        properties.put(key.name(), described(key));
      }
      if (key.example().isPresent()) {
        required.add(key.name());
      }
    }
    if (!properties.isEmpty()) {
      schema.put("properties", properties);
    }
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }

  private Map<String, Object> described(Key<?> key) {
    Map<String, Object> schema = new LinkedHashMap<>();
    boolean unit = key.shape() instanceof Shape.Duration || key.shape() instanceof Shape.Size;
    String otherwise = key.example().isPresent() ? "" : otherwise(key);
    schema.put(
        "description",
        key.sentence()
            + (unit ? " A " + key.shape().words() + "." : "")
            + (otherwise.isEmpty() ? "" : " Default: " + otherwise + "."));
    switch (key.kind()) {
      case VALUE -> schema.putAll(value(key.shape()));
      case VALUES -> schema.putAll(list(key, value(key.shape())));
      case VALUE_OR_VALUES ->
          schema.put("anyOf", List.of(value(key.shape()), list(key, value(key.shape()))));
      case VALUES_OR_SECTIONS ->
          schema.putAll(
              list(key, Map.of("anyOf", List.of(value(key.shape()), mapping(key.inside())))));
      case SECTION -> schema.putAll(mapping(key.inside()));
      case SECTIONS -> schema.putAll(list(key, mapping(key.inside())));
      case SECTION_OR_SECTIONS ->
          schema.put("anyOf", List.of(mapping(key.inside()), list(key, mapping(key.inside()))));
    }
    return schema;
  }

  private static Map<String, Object> list(Key<?> key, Map<String, Object> items) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("items", items);
    if (key.most() < Integer.MAX_VALUE) {
      schema.put("maxItems", key.most());
    }
    return schema;
  }

  private static Map<String, Object> value(Shape shape) {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (shape) {
      case Shape.Text text -> text(text, schema);
      case Shape.Flag _ -> schema.put("type", "boolean");
      case Shape.WholeNumber number -> {
        schema.put("type", "integer");
        schema.put("minimum", number.least());
        schema.put("maximum", number.most());
      }
      case Shape.Share _ -> {
        schema.put("type", "number");
        schema.put("minimum", 0);
        schema.put("maximum", 1);
      }
      case Shape.Duration _ -> text(new Shape.Text("", DURATION), schema);
      case Shape.Size _ -> text(new Shape.Text("", SIZE), schema);
      case Shape.Choice choice -> schema.put("enum", choice.choices());
      case Shape.Either either ->
          schema.put("anyOf", List.of(value(either.first()), value(either.second())));
    }
    return schema;
  }

  /** A node reads every value as text; an editor takes 7 for a number unless it is quoted. */
  private static void text(Shape.Text text, Map<String, Object> schema) {
    List<String> types = new ArrayList<>(List.of("string"));
    if ("7".matches(text.pattern()) || text.pattern().isEmpty()) {
      types.add("number");
    }
    if ("true".matches(text.pattern()) || text.pattern().isEmpty()) {
      types.add("boolean");
    }
    schema.put("type", types.size() == 1 ? types.getFirst() : types);
    if (!text.pattern().isEmpty()) {
      schema.put("pattern", text.pattern());
    }
  }
}
