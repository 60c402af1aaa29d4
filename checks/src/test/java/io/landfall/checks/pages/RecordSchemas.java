package io.landfall.checks.pages;

import io.landfall.admin.json.Inline;
import io.landfall.checks.Rooms;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The records that the admin API answers with, as the schemas of its OpenAPI document: a property
 * for each component, with the text of its doc comment; what may be empty may be null.
 */
final class RecordSchemas {
  private static final Pattern DOCUMENTED =
      Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public record (\\w+)\\(", Pattern.DOTALL);
  private static final Pattern PARAM =
      Pattern.compile("@param (\\w+) ((?:(?!@param).)*)", Pattern.DOTALL);
  private static final String OBJECT = "type: object";

  private final Map<Class<?>, String> schemas = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> comments = new TreeMap<>();

  /** The schemas of these records and of those that they hold, in the order of their names. */
  static String of(List<Class<?>> records) {
    RecordSchemas all = new RecordSchemas();
    records.forEach(all::add);
    TreeMap<String, String> sorted = new TreeMap<>();
    all.schemas.forEach((type, text) -> sorted.put(name(type), text));
    return String.join("", sorted.values());
  }

  private static String name(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return outer == null ? type.getSimpleName() : name(outer) + type.getSimpleName();
  }

  private void add(Class<?> type) {
    if (schemas.putIfAbsent(type, "") != null) {
      return;
    }
    List<String> required = new ArrayList<>();
    StringBuilder properties = new StringBuilder();
    members(type, true, required, properties);
    schemas.put(
        type,
        "    %s:\n      %s\n      description: %s\n      required: [%s]\n      properties:\n%s"
            .formatted(
                name(type),
                OBJECT,
                quoted(comment(type).getOrDefault("", "")),
                String.join(", ", required),
                properties));
  }

  /** Members of an inlined record stand in the object of the outer one. */
  private void members(
      Class<?> type, boolean always, List<String> required, StringBuilder properties) {
    for (RecordComponent component : type.getRecordComponents()) {
      Type of = component.getGenericType();
      if (component.isAnnotationPresent(Inline.class)) {
        boolean optional = component.getType() == Optional.class;
        Class<?> inner = (Class<?>) (optional ? argument(of, 0) : of);
        members(inner, always && !optional, required, properties);
        continue;
      }
      if (always) {
        required.add(component.getName());
      }
      String about = comment(type).getOrDefault(component.getName(), "");
      properties.append("        %s: ".formatted(component.getName()));
      properties.append(
          "{%s, description: %s}\n"
              .formatted(schema(of), quoted(about.isEmpty() ? component.getName() : about)));
    }
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  /** The members of a schema, without braces. */
  private String schema(Type type) {
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == List.class) {
        return "type: array, items: {" + schema(argument(type, 0)) + "}";
      }
      if (raw == Map.class) {
        return OBJECT + ", additionalProperties: {" + schema(argument(type, 1)) + "}";
      }
      return nullable(argument(type, 0));
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      add(plain);
      return "$ref: '#/components/schemas/" + name(plain) + "'";
    }
    if (plain == OptionalLong.class || plain == OptionalInt.class) {
      return nullable(long.class);
    }
    if (plain == OptionalDouble.class) {
      return nullable(double.class);
    }
    return "type: " + word(plain) + (plain == Instant.class ? ", format: date-time" : "");
  }

  private static String word(Class<?> plain) {
    if (plain == String.class || plain == Instant.class) {
      return "string";
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return "boolean";
    }
    if (plain == double.class || plain == Double.class) {
      return "number";
    }
    if (plain == int.class || plain == long.class || plain == Long.class) {
      return "integer";
    }
    throw new AssertionError("no JSON type is known for " + plain);
  }

  /** A wildcard is anything. */
  private String nullable(Type type) {
    if (!(type instanceof Class<?>) && !(type instanceof ParameterizedType)) {
      return "type: [object, string, 'null']";
    }
    String some = schema(type);
    return some.startsWith("$ref")
        ? "anyOf: [{" + some + "}, {type: 'null'}]"
        : some.replaceFirst("type: (\\w+)", "type: [$1, 'null']");
  }

  /** The comment of a record, under the empty name, and of its components. */
  private Map<String, String> comment(Class<?> type) {
    Class<?> top = type;
    while (top.getDeclaringClass() != null) {
      top = top.getDeclaringClass();
    }
    String file = top.getName().replace('.', '/');
    return comments.computeIfAbsent(file, _ -> new TreeMap<>(read(file))).entrySet().stream()
        .filter(each -> each.getKey().startsWith(type.getSimpleName() + '.'))
        .collect(
            TreeMap::new,
            (map, each) ->
                map.put(
                    each.getKey().substring(type.getSimpleName().length() + 1), each.getValue()),
            Map::putAll);
  }

  private static Map<String, String> read(String file) {
    Map<String, String> found = new TreeMap<>();
    Path source = Rooms.root().resolve("admin/src/main/java/" + file + ".java");
    try {
      Matcher each = DOCUMENTED.matcher(Files.readString(source));
      while (each.find()) {
        String text = each.group(1).replaceAll("(?m)^\\s*\\* ?", "");
        int params = text.indexOf("@param");
        found.put(each.group(2) + '.', plain(params < 0 ? text : text.substring(0, params)));
        Matcher param = PARAM.matcher(text);
        while (param.find()) {
          found.put(each.group(2) + '.' + param.group(1), plain(param.group(2)));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(source.toString(), e);
    }
    return found;
  }

  /** A comment as text: its tags are left out, its lines joined. */
  private static String plain(String comment) {
    return comment
        .replaceAll("\\{@(?:code|link)\\s+#?([^}]*)}", "$1")
        .replaceAll("</?p>", "")
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
