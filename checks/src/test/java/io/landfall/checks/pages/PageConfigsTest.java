package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

/**
 * Every config on every page is one that a node takes: the program reads it, with what a page
 * leaves out (a node's name, the services that a fragment is of) put around it, and with files of
 * the names that it names.
 */
class PageConfigsTest {
  /** Blocks of YAML that are no config of a node, by page and first line, with the reason. */
  private static final TreeMap<String, String> OTHERS =
      new TreeMap<>(
          Map.of(
              "docs/metrics.md: # prometheus.yml", "Prometheus' own; MetricsLab has it checked"));

  /** What a config with prefixes must have. */
  private static final String EDGE = "edge: {listen: [{address: \"198.51.100.1:80\"}]}";

  /** What every config must have. */
  private static final String REST =
      """
      node: {name: fra, identity: 10.32.0.1}
      overlay: {block: 10.32.0.0/23, listen: "203.0.113.10:8443"}
      trust: {domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}
      """;

  /** What a fragment that is indented so far is a part of. */
  private static final Map<Integer, String> AROUND =
      Map.of(
          0,
          "",
          2,
          "services:\n",
          4,
          "services:\n  shop:\n    identity: 10.32.1.10\n    hosts: [shop.example]\n",
          6,
          "edge:\n  listen:\n    - address: \"198.51.100.1:443\"\n");

  /** What such a fragment of a service needs, unless it has it itself. */
  private static final String BACKENDS = "    backends: [\"http://10.0.0.7:8080\"]\n";

  private static final Pattern FILE =
      Pattern.compile("[\\w-]+\\.(pem|key|keys|html|txt|token|revoked)");

  @TempDir Path folder;

  @Test
  void everyConfigOfAPageIsTakenByTheProgram() {
    List<String> complaints = new ArrayList<>();
    TreeSet<String> excused = new TreeSet<>();
    int configs = 0;
    for (PageBlocks.Text block : PageBlocks.fenced()) {
      if (isConfig(block)) {
        String name = block.page() + ": " + block.text().lines().findFirst().orElse("");
        if (OTHERS.containsKey(name)) {
          excused.add(name);
        } else {
          configs++;
          problems(withWhatItIsOf(block))
              .forEach(each -> complaints.add(block.place() + ": " + each));
        }
      }
    }
    assertThat(complaints).isEmpty();
    assertThat(excused).as("exceptions that are still needed").isEqualTo(OTHERS.keySet());
    assertThat(configs).isGreaterThan(20);
  }

  @Test
  void aBlockThatLooksLikeAConfigIsMarkedAsOne() {
    Pattern section =
        Pattern.compile(
            "(?m)^(node|overlay|trust|ingress|edge|services|admin|cache|watch|tracing|access-log): ?(\\{.*)?$");
    assertThat(PageBlocks.fenced())
        .filteredOn(block -> section.matcher(block.text()).find() && !isConfig(block))
        .as("blocks with a section of a config and no 'yaml' behind the fence")
        .isEmpty();
  }

  @Test
  void canaryAConfigThatNoNodeTakesIsFlagged() {
    assertThat(problems("edge:\n  lisen: []\n")).isNotEmpty().asString().contains("edge.lisen");
    assertThat(problems("    max-request: 5\n"))
        .isNotEmpty()
        .asString()
        .contains("services.shop.max-request");
    assertThat(problems("      tls: {certificate: a.pem}\n"))
        .asString()
        .contains("edge.listen[0].tls");
    assertThat(problems("ingress:\n  prefixes: [198.51.100.0/24]\n"))
        .asString()
        .contains("upstreams");
    assertThat(problems("    max-requests: 5\n")).isEmpty();
  }

  private static boolean isConfig(PageBlocks.Text block) {
    return block.kind().matches("yaml( (add|whole|of) \\S+)?|.*\\.yaml");
  }

  /** A block {@code yaml of NAME} is put into the block of that name on its page. */
  private static String withWhatItIsOf(PageBlocks.Text block) {
    if (!block.kind().startsWith("yaml of ")) {
      return block.text();
    }
    String name = block.kind().substring("yaml of ".length());
    String of =
        PageBlocks.fenced().stream()
            .filter(each -> each.page().equals(block.page()) && each.kind().equals(name))
            .findFirst()
            .orElseThrow()
            .text();
    Map<String, Object> both =
        merged(map(ApiDocument.yaml(of)), map(ApiDocument.yaml(block.text())));
    return new Dump(DumpSettings.builder().build()).dumpToString(both);
  }

  private List<String> problems(String block) {
    Map<String, Object> config = map(ApiDocument.yaml(REST));
    config = merged(config, map(ApiDocument.yaml(whole(block))));
    if (config.containsKey("ingress") && !config.containsKey("edge")) {
      config = merged(config, map(ApiDocument.yaml(EDGE)));
    }
    try {
      files(config);
      String text = new Dump(DumpSettings.builder().build()).dumpToString(config);
      Path file = folder.resolve("node.yaml");
      Files.writeString(file, text.replace("/var/", folder + "/var/"));
      return switch (ConfigLoader.load(file)) {
        case ConfigResult.Valid _ -> List.of();
        case ConfigResult.Invalid invalid ->
            invalid.problems().stream()
                .map(each -> each.key() + ": " + each.rule() + "; " + each.fix())
                .toList();
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A fragment with the keys above it. */
  private static String whole(String block) {
    String first =
        block
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .findFirst()
            .orElse("");
    int indented = first.length() - first.stripLeading().length();
    String around = Optional.ofNullable(AROUND.get(indented)).orElse("");
    boolean hasBackends = block.contains("    backends:") || block.contains("    tcp:");
    return around + (indented == 4 && !hasBackends ? BACKENDS : "") + block;
  }

  /** The first with all of the second: its mappings are joined, all else is replaced. */
  private static Map<String, Object> merged(Map<String, Object> one, Map<String, Object> other) {
    Map<String, Object> both = new LinkedHashMap<>(one);
    other.forEach(
        (key, value) ->
            both.put(
                key,
                value instanceof Map<?, ?> && both.get(key) instanceof Map<?, ?> before
                    ? merged(map(before), map(value))
                    : value));
    return both;
  }

  private static Map<String, Object> map(Object value) {
    Map<String, Object> copy = new LinkedHashMap<>();
    ApiDocument.map(value).forEach((key, each) -> copy.put(String.valueOf(key), each));
    return copy;
  }

  /** Makes the files that a config names. */
  private void files(Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        for (Object each : map.values()) {
          files(each);
        }
      }
      case List<?> list -> {
        for (Object each : list) {
          files(each);
        }
      }
      case String text -> {
        if (FILE.matcher(text).matches()) {
          Files.writeString(folder.resolve(text), "swordfish\n");
        }
      }
      case null, default -> {
        // A number or a truth value names no file.
      }
    }
  }
}
