package io.landfall.checks.pages;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docs/admin-api.yaml. */
record ApiDocument(String text, Map<?, ?> root) {
  static final Path FILE = Rooms.root().resolve("docs/admin-api.yaml");

  /** Behind this line stand the schemas of the records, and nothing else. */
  static final String SCHEMAS = "\n  schemas:\n";

  /**
   * One operation.
   *
   * @param path as in the document, with its parameters in braces
   * @param method in upper case
   */
  record Operation(String path, String method, Map<?, ?> of) {
    boolean isOfLookingGlass() {
      return list(of.get("tags")).contains("looking-glass");
    }

    /** The path and query with the examples of its parameters. */
    String target() {
      String target = path;
      StringBuilder query = new StringBuilder();
      for (Object each : list(of.get("parameters"))) {
        Map<?, ?> parameter = map(each);
        String name = String.valueOf(parameter.get("name"));
        if (parameter.get("example") instanceof String example) {
          if ("path".equals(parameter.get("in"))) {
            target = target.replace('{' + name + '}', example);
          } else {
            query.append(query.isEmpty() ? '?' : '&').append(name).append('=').append(example);
          }
        }
      }
      return target + query;
    }

    /** The example of its body as JSON; empty without a body. */
    Map<?, ?> body() {
      return map(content(map(of.get("requestBody"))).get("example"));
    }
  }

  static ApiDocument read() {
    try {
      String text = Files.readString(FILE);
      return new ApiDocument(text, map(yaml(text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** YAML or JSON as maps, lists, texts, numbers and truth values. */
  static Object yaml(String text) {
    return new Load(LoadSettings.builder().setCodePointLimit(16 << 20).build())
        .loadFromString(text);
  }

  static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  /** What has the schema of a body, whatever its media type. */
  static Map<?, ?> content(Map<?, ?> message) {
    return map(message.get("content")).values().stream()
        .findFirst()
        .<Map<?, ?>>map(ApiDocument::map)
        .orElse(Map.of());
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    map(root.get("paths"))
        .forEach(
            (path, methods) ->
                map(methods)
                    .forEach(
                        (method, of) ->
                            operations.add(
                                new Operation(
                                    String.valueOf(path),
                                    String.valueOf(method).toUpperCase(java.util.Locale.ROOT),
                                    map(of)))));
    return operations;
  }

  /** The answers of an operation by their status, references resolved. */
  Map<String, Map<?, ?>> answers(Operation operation) {
    Map<String, Map<?, ?>> answers = new LinkedHashMap<>();
    map(operation.of().get("responses"))
        .forEach((status, answer) -> answers.put(String.valueOf(status), resolved(map(answer))));
    return answers;
  }

  private Map<?, ?> resolved(Map<?, ?> value) {
    return value.get("$ref") instanceof String reference
        ? map(SchemaRules.resolved(root, reference))
        : value;
  }
}
