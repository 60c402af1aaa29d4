package io.landfall.checks.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The pages name what is there: a class, a member of one ({@code Rib.withdraw}) or a command that
 * stands in backquotes on a page exists in the tree.
 */
class PageNamesTest {
  /** Names of other programs' classes and flags, which stand on pages too. */
  private static final Set<String> FOREIGN =
      new TreeSet<>(
          List.of(
              "ArchiveRelocationMode",
              "AutoCreateSharedArchive",
              "C1MaxInlineSize",
              "CompileThresholdScaling",
              "ExecReload",
              "FreeBind",
              "HashMap",
              "HeapSize",
              "ListenStream",
              "MainPID",
              "MaxDirectMemorySize",
              "NewSize",
              "NonBlocking",
              "ServiceLoader",
              "Set",
              "StartLimitBurst",
              "System",
              "TieredStopAtLevel",
              "UseSerialGC",
              "UseZGC"));

  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** Two humps or more, as no word of English and no message of BGP has them. */
  private static final Pattern TYPE =
      Pattern.compile("(?<![\\w*-])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\\b");

  private static final Pattern MEMBER =
      Pattern.compile("(?<![\\w*-])([A-Z][a-z]\\w*)\\.([a-z]\\w*)\\b");
  private static final Pattern COMMAND = Pattern.compile("^(?:\\./)?landfall((?: [a-z-]+)+)");

  /** Sources by the name of their type of the top level. */
  private static final TreeMap<String, String> sources = new TreeMap<>();

  private static final Set<String> types = new TreeSet<>();
  private static final TreeMap<String, String> pages = new TreeMap<>();

  @BeforeAll
  static void readsTheTree() throws IOException {
    Path root = Rooms.root();
    Pattern declared = Pattern.compile("\\b(?:class|interface|record|enum) (\\w+)");
    for (Path file : under(root, ".java")) {
      String name = file.getFileName().toString();
      String text = Files.readString(file);
      sources.merge(name.substring(0, name.length() - 5), text, String::concat);
      declared.matcher(text).results().forEach(each -> types.add(each.group(1)));
    }
    for (Path page : under(root, ".md")) {
      String path = root.relativize(page).toString();
      if (path.startsWith("docs/") || path.equals("README.md") || path.equals("SECURITY.md")) {
        pages.put(path, Files.readString(page));
      }
    }
  }

  private static List<Path> under(Path root, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> path.toString().endsWith(ending))
          .filter(
              path -> !root.relativize(path).toString().matches("(.*/)?target/.*|landfall-lab/.*"))
          .toList();
    }
  }

  @Test
  void whatAPageNamesIsThere() {
    assertThat(pages).containsKeys("README.md", "SECURITY.md", "docs/ARCHITECTURE.md");
    List<String> complaints = new ArrayList<>();
    pages.forEach(
        (path, text) -> missing(text).forEach(each -> complaints.add(path + ": " + each)));
    assertThat(complaints).isEmpty();
  }

  @Test
  void canaryANameOfNothingIsFlagged() {
    assertThat(missing("see `NoSuchThing`, `overlay.Rib.fly`, `landfall shwo routes` and"))
        .containsExactly("NoSuchThing", "Rib.fly", "landfall shwo");
    assertThat(missing("`landfall show nothing`")).containsExactly("landfall show nothing");
    assertThat(
            missing(
                "NoSuchThing, `overlay.Rib.withdraw`, `TidyTest`, `./landfall show peers PEER`,"
                    + " `landfall lab --dir x`, `landfall explain shop.lab`, `HTTP`, `*Rows`\n"
                    + "```\n`NoSuchThing`\n```\n"))
        .isEmpty();
  }

  @Test
  void everyTableOfAPageHasItsHead() {
    List<String> complaints = new ArrayList<>();
    pages.forEach(
        (path, text) -> headless(text).forEach(each -> complaints.add(path + ": " + each)));
    assertThat(complaints).isEmpty();
  }

  @Test
  void canaryATableWithoutItsHeadIsFlagged() {
    assertThat(headless("a\n| BFD | liveness |\n| BGP | routes |\n|---|---|\n"))
        .containsExactly("| BFD | liveness |");
    assertThat(headless("| word | meaning |\n|---|---|\n| BGP | routes |\n\nb | c\n")).isEmpty();
    assertThat(headless("```\n| a drawing\n| of boxes\n```\n")).isEmpty();
  }

  /** The first lines of tables whose second line does not part the head from the rows. */
  private static List<String> headless(String page) {
    List<String> found = new ArrayList<>();
    String[] lines = FENCED.matcher(page).replaceAll("").split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      boolean first = lines[i].startsWith("|") && (i == 0 || !lines[i - 1].startsWith("|"));
      if (first && !(i + 1 < lines.length && lines[i + 1].matches("\\|[-:| ]+\\|"))) {
        found.add(lines[i]);
      }
    }
    return found;
  }

  private static List<String> missing(String page) {
    List<String> missing = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(FENCED.matcher(page).replaceAll(""));
    while (quoted.find()) {
      String text = quoted.group(1);
      TYPE.matcher(text)
          .results()
          .map(type -> type.group())
          .filter(PageNamesTest::isUnknown)
          .forEach(missing::add);
      MEMBER
          .matcher(text)
          .results()
          .filter(member -> !has(member.group(1), member.group(2)))
          .forEach(member -> missing.add(member.group()));
      Matcher command = COMMAND.matcher(text);
      if (command.find()) {
        missing.addAll(unknownCommand(command.group(1).strip().split(" ")));
      }
    }
    return missing;
  }

  private static boolean isUnknown(String type) {
    return !types.contains(type) && !FOREIGN.contains(type);
  }

  /** A page may shorten a test's name, so its beginning is enough. */
  private static boolean has(String type, String member) {
    return FOREIGN.contains(type)
        || Pattern.compile("\\b" + member).matcher(sources.getOrDefault(type, "")).find();
  }

  /**
   * The first word that is no command, with what stands before it; {@code lab} is another room's.
   */
  private static List<String> unknownCommand(String... words) {
    List<String> known = new ArrayList<>(List.of("help"));
    StringWriter help = new StringWriter();
    help.write("Commands:");
    for (String word : words) {
      if ((known.size() == 1 && word.equals("lab")) || !help.toString().contains("Commands:")) {
        return List.of();
      }
      known.add(word);
      help = new StringWriter();
      PrintWriter out = new PrintWriter(help);
      PrintWriter err = new PrintWriter(new StringWriter());
      if (Main.run(out, err, known.toArray(String[]::new)) != 0) {
        return List.of("landfall " + String.join(" ", known.subList(1, known.size())));
      }
    }
    return List.of();
  }
}
