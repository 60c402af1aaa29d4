package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the config has of the methods whose responses are stored. */
class CacheMethodsTest {
  private static final String CACHE = "{max-object: 64MiB}";
  private static final String AT = "node.yaml:34: services.media.cache.methods";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private List<String> methods(String cache) {
    return folder.valid(ConfigFolder.GOOD.replace(CACHE, cache)).services().stream()
        .flatMap(service -> service.cache().stream())
        .findFirst()
        .orElseThrow()
        .store()
        .methods();
  }

  private String problem(String cache) {
    List<String> problems = folder.problems(CACHE, cache);
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @Test
  void withoutTheKeyTheyAreGetAndHead() {
    assertThat(methods("{}")).containsExactly("GET", "HEAD");
  }

  @Test
  void postIsOneWhereItIsNamed() {
    assertThat(methods("{methods: [GET, HEAD, POST]}")).containsExactly("GET", "HEAD", "POST");
    assertThat(methods("{methods: [GET]}")).containsExactly("GET");
  }

  @Test
  void whatCannotBeIsAProblem() {
    assertThat(problem("{methods: [GET, PUT]}"))
        .startsWith(AT)
        .endsWith(
            "'PUT' is no method whose responses are stored; write one of GET, HEAD, POST, in"
                + " capitals");
    assertThat(problem("{methods: [get, GET]}")).contains("'get' is no method");
    assertThat(problem("{methods: [HEAD, POST]}"))
        .isEqualTo(AT + ": is without GET: what is stored answers GET; add GET to the list");
    assertThat(problem("{methods: [GET, GET]}"))
        .isEqualTo(AT + ": has a method twice; name each method once");
    assertThat(problem("{methods: [GET, POST], key-fields: [x-device]}"))
        .isEqualTo(
            AT
                + ": has POST beside key-fields: its response would answer one value of them;"
                + " remove POST, or key-fields");
  }
}
