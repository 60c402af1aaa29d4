package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.RefusalRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every rule has a number, no number has two rules, and the page explains each. */
class RefusalRulesTest {
  /** Where rules are literals: the first text of a Refusal, of refuse(...), of a Failure. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(?:new Refusal|Refusal\\.[a-z]+|refuse|new Failure|new Full|Admission.Refused"
              + "|refused)\\((?:\\s*channel,)?\\s*\"([a-z0-9]+(?:-[a-z0-9]+)*)\"");

  static Path root() {
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
  void oneNumberIsOneWord() {
    Map<Integer, String> words = new TreeMap<>();
    Map<String, Integer> numbers = new TreeMap<>();
    for (RefusalRule rule : RefusalRules.ALL) {
      String word = words.putIfAbsent(rule.number(), rule.label());
      Integer number = numbers.putIfAbsent(rule.label(), rule.number());
      assertThat(word).as("number " + rule.number()).isIn(null, rule.label());
      assertThat(number).as(rule.label()).isIn(null, rule.number());
      assertThat(rule.meaning()).as(rule.label()).isNotBlank().doesNotEndWith(".");
    }
    assertThat(words).hasSizeGreaterThan(70);
    assertThat(RefusalRules.of("a rule of tomorrow")).isEqualTo(RefusalRule.Uncounted.OTHER);
  }

  @Test
  void numbersStayTheSame() {
    assertThat(RefusalRules.number("default-route")).isEqualTo(1);
    assertThat(RefusalRules.number("not-entitled")).isEqualTo(21);
    assertThat(RefusalRules.number("unwanted-attribute")).isEqualTo(43);
    assertThat(RefusalRules.number("wrong-ca")).isEqualTo(108);
    assertThat(RefusalRules.number("too-many-from-source")).isEqualTo(138);
    assertThat(RefusalRules.number("identity-of-a-service")).isEqualTo(146);
  }

  @Test
  void everyEnumOfTheTreeThatHasRulesIsCounted() throws IOException {
    TreeSet<String> counted = new TreeSet<>();
    RefusalRules.ALL.forEach(rule -> counted.add(((Enum<?>) rule).getDeclaringClass().getName()));
    assertThat(counted).hasSize(10);
    Pattern declared = Pattern.compile("enum (\\w+) implements RefusalRule");
    for (String text : sources()) {
      Matcher matcher = declared.matcher(text);
      while (matcher.find()) {
        String name = matcher.group(1);
        assertThat(counted).as(name).anyMatch(each -> each.matches(".*[.$]" + name));
      }
    }
  }

  @Test
  void noRuleIsALiteral() throws IOException {
    TreeSet<String> found = new TreeSet<>();
    for (String text : sources()) {
      Matcher matcher = LITERAL.matcher(text);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void canaryALiteralRuleIsFound() {
    assertThat(LITERAL.matcher("new Refusal(\"some-rule\", x)").find()).isTrue();
    assertThat(LITERAL.matcher("refused(channel, \"no-alpn\", why)").find()).isTrue();
    assertThat(LITERAL.matcher("refused(channel, HandshakeRule.NO_ALPN, why)").find()).isFalse();
  }

  private static List<String> sources() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String room :
        List.of("core", "bgp", "overlay", "ingress", "trust", "control", "transport", "node")) {
      try (Stream<Path> files = Files.walk(root().resolve(room + "/src/main/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          texts.add(Files.readString(file));
        }
      }
    }
    return texts;
  }

  @Test
  void thePageExplainsEach() throws IOException {
    String page = Files.readString(root().resolve("docs/refusals.md"));
    for (RefusalRule rule : RefusalRules.ALL) {
      assertThat(page)
          .as("docs/refusals.md has a row for " + rule)
          .contains("| " + rule.number() + " | `" + rule.label() + "` | ");
    }
    Matcher rows = Pattern.compile("(?m)^\\| (\\d+) \\| `([a-z0-9-]+)` \\|").matcher(page);
    int count = 0;
    while (rows.find()) {
      count++;
      assertThat(RefusalRules.number(rows.group(2)))
          .as(rows.group(2))
          .isEqualTo(Integer.parseInt(rows.group(1)));
    }
    assertThat(count).isGreaterThan(70);
  }
}
