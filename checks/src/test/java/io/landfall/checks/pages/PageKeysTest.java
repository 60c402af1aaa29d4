package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The keys of a config and the metrics that the pages name are those of the references, which are
 * made from the code: docs/CONFIG.md and docs/metrics.md.
 */
class PageKeysTest {
  private static final Pattern KEY =
      Pattern.compile("([a-z][a-z-]*)(\\[])?(\\.(NAME|NODE|[a-z][a-z-]*)(\\[])?)+");

  private static final Pattern METRIC =
      Pattern.compile("\\blandfall_[a-z0-9_]+[a-z0-9]\\b(?!_|\\.)");

  private static Set<String> keys = Set.of();
  private static Set<String> sections = Set.of();
  private static Set<String> metrics = Set.of();

  @BeforeAll
  static void readsTheReferences() {
    keys = firstCells("docs/CONFIG.md");
    sections =
        keys.stream()
            .map(key -> key.replaceAll("\\..*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    metrics = firstCells("docs/metrics.md");
    assertThat(keys).hasSizeGreaterThan(250).contains("edge.listen.address");
    assertThat(metrics).hasSizeGreaterThan(100);
  }

  private static Set<String> firstCells(String page) {
    return Pattern.compile("(?m)^\\| `([^`]+)` \\|")
        .matcher(PageBlocks.page(page))
        .results()
        .map(row -> row.group(1).replace("[]", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyKeyThatAPageNamesIsOne() {
    List<String> complaints = new ArrayList<>();
    for (PageBlocks.Text quoted : PageBlocks.quoted()) {
      // What stands behind a key is its value; decisions name what was decided against.
      String key = quoted.text().replaceAll(": .*", "").replace("[]", "");
      if (!quoted.page().startsWith("docs/decisions/") && isUnknown(key)) {
        complaints.add(quoted.place() + ": " + key);
      }
    }
    assertThat(complaints).isEmpty();
  }

  private static boolean isUnknown(String key) {
    return KEY.matcher(key).matches()
        && sections.contains(key.replaceAll("\\..*", ""))
        && !keys.contains(key)
        && !keys.contains("services.NAME." + key)
        && !isNameOfCode(key);
  }

  /** Rooms are named as sections are: {@code edge.http} is a package, {@code node.yaml} a file. */
  private static boolean isNameOfCode(String name) {
    String room = name.replaceAll("\\..*", "");
    return name.endsWith(".yaml")
        || Files.isDirectory(
            Rooms.root().resolve(room + "/src/main/java/io/landfall/" + name.replace('.', '/')));
  }

  @Test
  void everyMetricThatAPageNamesIsOne() {
    List<String> complaints = new ArrayList<>();
    PageBlocks.pages()
        .forEach(
            (page, text) ->
                METRIC
                    .matcher(text)
                    .results()
                    .map(each -> each.group())
                    .filter(PageKeysTest::isNoMetric)
                    .forEach(each -> complaints.add(page + ": " + each)));
    assertThat(complaints).isEmpty();
  }

  private static boolean isNoMetric(String name) {
    return !metrics.contains(name)
        && !metrics.contains(name + "_total")
        && !metrics.contains(name.replaceAll("_(bucket|count|sum)$", ""))
        // A page may shorten a family: landfall_watch_bmp_connected, and _total of ...
        && metrics.stream().noneMatch(each -> each.startsWith(name + "_"));
  }

  @Test
  void canaryWhatIsNoKeyOrMetricIsFlagged() {
    assertThat(isUnknown("edge.lisen")).isTrue();
    assertThat(isUnknown("services.NAME.probes")).isTrue();
    assertThat(isUnknown("services.NAME.probe")).isFalse();
    assertThat(isUnknown("cache.warmth")).isFalse();
    assertThat(isUnknown("edge.http")).isFalse();
    assertThat(isNoMetric("landfall_edge_conections_total")).isTrue();
    assertThat(isNoMetric("landfall_requests_total")).isFalse();
  }
}
