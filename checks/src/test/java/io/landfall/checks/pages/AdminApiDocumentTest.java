package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.MonitorEvent;
import io.landfall.admin.model.Problem;
import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/admin-api.yaml and the code are one: each path, each record, each example. What a running
 * node answers is compared by {@code AdminApiAnswersTest}.
 */
class AdminApiDocumentTest {
  private static final String MAIN = "admin/src/main/java/io/landfall/admin/";

  /** A path of the API as the code writes it, perhaps only its beginning. */
  private static final Pattern PATH =
      Pattern.compile("\"(/(?:v1|status|metrics|protocols|routes?)\\b[^\" ]*)\"");

  private static final Pattern REFERENCE = Pattern.compile("\\$ref: '?(#[^'}\\s]+)");

  private final ApiDocument document = ApiDocument.read();

  private Set<String> paths() {
    TreeSet<String> paths = new TreeSet<>();
    document.operations().forEach(each -> paths.add(each.path()));
    return paths;
  }

  private static String source(String name) {
    try {
      // Examples in messages are no paths of their own.
      return Files.readString(Rooms.root().resolve(MAIN + name)).replaceAll("(?s)/\\*.*?\\*/", "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyPathOfTheCodeIsInTheDocument() throws IOException {
    Set<String> paths = paths();
    List<String> missing = new ArrayList<>();
    try (Stream<Path> files = Files.list(Rooms.root().resolve(MAIN))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        for (String path : written(source(file.getFileName().toString()))) {
          if (paths.stream().noneMatch(each -> isOrBegins(each, path))) {
            missing.add(path + " of " + file.getFileName());
          }
        }
      }
    }
    for (String view : words("AdminApi.java", "AdminAnswer show(")) {
      if (!paths.contains("/v1/show/" + view)) {
        missing.add("/v1/show/" + view);
      }
    }
    for (String order : words("ConfigureApi.java", "CommandResult command(")) {
      if (!paths.contains("/v1/configure/" + order)) {
        missing.add("/v1/configure/" + order);
      }
    }
    assertThat(missing).as("paths of the code that docs/admin-api.yaml does not have").isEmpty();
  }

  /** A path in the code ends where a parameter begins; a last slash more is the same path. */
  private static boolean isOrBegins(String documented, String written) {
    return documented.equals(written)
        || (documented + '/').equals(written)
        || (written.endsWith("/") && documented.startsWith(written))
        || documented.startsWith(written + "/{");
  }

  private static List<String> written(String source) {
    List<String> paths = new ArrayList<>();
    Matcher matcher = PATH.matcher(source);
    while (matcher.find()) {
      paths.add(matcher.group(1));
    }
    return paths;
  }

  /** The cases of the switch of a method, whose name is the last part of a path. */
  private static List<String> words(String file, String method) {
    String source = source(file);
    int from = source.indexOf("  " + method);
    if (from < 0) {
      from = source.indexOf(method);
    }
    assertThat(from).as(method + " of " + file).isPositive();
    String body = source.substring(from, source.indexOf("\n  }", from));
    List<String> words = new ArrayList<>();
    Pattern.compile("case \"([a-z]+)\" ->")
        .matcher(body)
        .results()
        .forEach(each -> words.add(each.group(1)));
    assertThat(words).as("cases of " + method).isNotEmpty();
    return words;
  }

  @Test
  void canaryAPathThatTheDocumentHasNotIsFound() {
    assertThat(written("case \"/v1/console\" -> x; \"/v1/show/...,\"; \"/metrics\""))
        .contains("/v1/console", "/metrics");
    assertThat(isOrBegins("/v1/services/{name}", "/v1/services/")).isTrue();
    assertThat(isOrBegins("/v1/show/routes", "/v1/console")).isFalse();
    assertThat(isOrBegins("/v1/show/routes", "/v1/show")).isFalse();
  }

  @Test
  void theSchemasAreTheRecords() throws IOException {
    int at = document.text().indexOf(ApiDocument.SCHEMAS) + ApiDocument.SCHEMAS.length();
    String schemas = RecordSchemas.of(records());
    if (Boolean.getBoolean("admin.api.write")) {
      Files.writeString(ApiDocument.FILE, document.text().substring(0, at) + schemas);
      return;
    }
    assertThat(document.text().substring(at))
        .as("the schemas of docs/admin-api.yaml; -Dadmin.api.write=true writes them anew")
        .isEqualTo(schemas);
  }

  /** Every record of the answers, and the event of the stream. */
  private static List<Class<?>> records() throws IOException {
    List<Class<?>> records = new ArrayList<>(List.of(MonitorEvent.class));
    String folder = MAIN + "model";
    try (Stream<Path> files = Files.list(Rooms.root().resolve(folder))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        if (!name.equals("package-info")) {
          Class<?> type = Class.forName(Problem.class.getPackageName() + '.' + name);
          if (type.isRecord()) {
            records.add(type);
          }
        }
      }
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
    return records;
  }

  @Test
  void everyExampleFitsItsSchema() {
    List<String> problems = new ArrayList<>();
    int examples = 0;
    for (ApiDocument.Operation operation : document.operations()) {
      String where = operation.method() + " " + operation.path() + ": ";
      Map<?, ?> body = ApiDocument.content(ApiDocument.map(operation.of().get("requestBody")));
      if (!body.isEmpty()) {
        examples++;
        problems(body.get("schema"), operation.body()).forEach(each -> problems.add(where + each));
      }
      for (Map<?, ?> answer : document.answers(operation).values()) {
        Map<?, ?> content = ApiDocument.content(answer);
        List<Object> values = new ArrayList<>();
        if (content.containsKey("example")) {
          values.add(content.get("example"));
        }
        ApiDocument.map(content.get("examples"))
            .values()
            .forEach(each -> values.add(ApiDocument.map(each).get("value")));
        for (Object value : values) {
          examples++;
          problems(content.get("schema"), value).forEach(each -> problems.add(where + each));
        }
      }
    }
    assertThat(problems).isEmpty();
    assertThat(examples).isGreaterThan(30);
  }

  private List<String> problems(Object schema, Object value) {
    return SchemaRules.problems(document.root(), schema, value);
  }

  @Test
  void canaryAnExampleThatDoesNotFitIsFlagged() {
    Map<String, Object> message = Map.of("$ref", "#/components/schemas/Message");
    assertThat(problems(message, Map.of("message", "done"))).isEmpty();
    assertThat(problems(message, Map.of())).containsExactly("answer has no message");
    assertThat(problems(message, Map.of("message", 1)))
        .containsExactly("answer.message must be string, not 1");
    assertThat(problems(message, Map.of("message", "done", "more", 1)))
        .containsExactly("answer has more, which the schema has not");
  }

  @Test
  void itIsWholeAsOpenApiWantsIt() {
    assertThat(document.root().get("openapi")).isEqualTo("3.1.0");
    TreeSet<String> ids = new TreeSet<>();
    TreeSet<String> tags = new TreeSet<>();
    ApiDocument.list(document.root().get("tags"))
        .forEach(tag -> tags.add(String.valueOf(ApiDocument.map(tag).get("name"))));
    for (ApiDocument.Operation operation : document.operations()) {
      String where = operation.method() + " " + operation.path();
      assertThat(ids.add(String.valueOf(operation.of().get("operationId")))).as(where).isTrue();
      assertThat(String.valueOf(operation.of().get("summary"))).as(where).endsWith(".");
      assertThat(tags).as(where).containsAll(texts(operation.of().get("tags")));
      assertThat(document.answers(operation).keySet()).as(where).contains("200");
      TreeSet<String> declared = new TreeSet<>();
      for (Object parameter : ApiDocument.list(operation.of().get("parameters"))) {
        if ("path".equals(ApiDocument.map(parameter).get("in"))) {
          declared.add(String.valueOf(ApiDocument.map(parameter).get("name")));
        }
      }
      TreeSet<String> used = new TreeSet<>();
      Pattern.compile("\\{(\\w+)}")
          .matcher(operation.path())
          .results()
          .forEach(each -> used.add(each.group(1)));
      assertThat(declared).as(where).isEqualTo(used);
    }
    Matcher references = REFERENCE.matcher(document.text());
    while (references.find()) {
      assertThat(SchemaRules.resolved(document.root(), references.group(1)))
          .as(references.group(1))
          .isInstanceOf(Map.class);
    }
  }

  private static List<String> texts(Object list) {
    return ApiDocument.list(list).stream().map(String::valueOf).toList();
  }
}
