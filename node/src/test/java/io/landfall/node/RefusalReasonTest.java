package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.RefusalReason;
import io.landfall.overlay.RefusedView;
import io.landfall.trust.AdmissionRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every rule has a number, no number has two rules, and the page explains each. */
class RefusalReasonTest {
  /** Where rules are literals: the first text of a Refusal, of refuse(...), of a Failure. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(?:new Refusal|Refusal\\.[a-z]+|refuse|new Failure|Admission.Refused|  [A-Z_]+)"
              + "\\(\\s*\"([a-z0-9-]+)\"");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null
        && !Files.isRegularFile(folder.resolve("core/src/main/java/module-info.java"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("run this inside the tree");
    }
    return folder;
  }

  @Test
  void numbersAreUnique() {
    List<Integer> numbers =
        Arrays.stream(RefusalReason.values()).map(RefusalReason::number).toList();
    assertThat(numbers).doesNotHaveDuplicates().isSorted();
    assertThat(RefusalReason.of("a rule of tomorrow")).isEqualTo(RefusalReason.OTHER);
  }

  @Test
  void numbersStayTheSame() {
    assertThat(RefusalReason.of("default-route").number()).isEqualTo(1);
    assertThat(RefusalReason.of("not-entitled").number()).isEqualTo(21);
    assertThat(RefusalReason.of("unwanted-attribute").number()).isEqualTo(43);
    assertThat(RefusalReason.of("wrong-ca").number()).isEqualTo(108);
  }

  @Test
  void everyRuleOfTheOverlayAndOfTrustHasANumber() {
    assertThat(RefusedView.rulesOfOverlay())
        .allSatisfy(rule -> assertThat(RefusalReason.of(rule)).isNotEqualTo(RefusalReason.OTHER));
    for (AdmissionRule rule : AdmissionRule.values()) {
      assertThat(RefusalReason.of(rule.label())).as(rule.label()).isNotEqualTo(RefusalReason.OTHER);
    }
  }

  @Test
  void everyRuleThatStandsInTheSourcesHasANumber() throws IOException {
    TreeSet<String> found = new TreeSet<>();
    for (String room : List.of("bgp", "overlay", "node/src/main/java/io/landfall/node/link")) {
      Path start = root().resolve(room.contains("/") ? room : room + "/src/main/java");
      try (Stream<Path> files = Files.walk(start)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          Matcher matcher = LITERAL.matcher(Files.readString(file));
          while (matcher.find()) {
            found.add(matcher.group(1));
          }
        }
      }
    }
    assertThat(found)
        .contains("unwanted-attribute", "not-tls", "duplicate-attribute", "reflected-path");
    assertThat(found)
        .allSatisfy(rule -> assertThat(RefusalReason.of(rule)).isNotEqualTo(RefusalReason.OTHER));
  }

  @Test
  void thePageExplainsEach() throws IOException {
    String page = Files.readString(root().resolve("docs/refusals.md"));
    for (RefusalReason reason : RefusalReason.values()) {
      assertThat(page)
          .as("docs/refusals.md has a row for " + reason)
          .contains("| " + reason.number() + " | `" + reason.rule() + "` | ");
    }
  }
}
