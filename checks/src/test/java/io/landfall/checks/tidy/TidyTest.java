package io.landfall.checks.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * House style as a test, so that no review has to speak of it (after TigerBeetle's tidy). Each rule
 * has a canary beneath it: text that it must flag, and text that it must not.
 */
class TidyTest {
  private static final Set<String> SKIPPED_FOLDERS =
      new TreeSet<>(Set.of(".git", "target", "__pycache__", ".idea", "node_modules"));
  private static final Set<String> TEXT_ENDINGS =
      new TreeSet<>(
          Set.of("java", "md", "xml", "yaml", "yml", "sh", "py", "conf", "json", "config"));

  /** Files that may be longer than others, each with its own bound and its reason. */
  private static final TreeMap<String, Integer> LONGER =
      new TreeMap<>(
          Map.of(
              // The state machine of RFC 4271 section 8 reads best in one place.
              "bgp/src/main/java/io/landfall/bgp/Session.java", 550,
              // One connection of it, from OPEN to NOTIFICATION.
              "bgp/src/main/java/io/landfall/bgp/Connection.java", 480,
              // All that the rest of a node sees of plane two.
              "overlay/src/main/java/io/landfall/overlay/Overlay.java", 460));

  /** How much of the main code may be in room node, which composes the others. */
  private static final long MOST_PERCENT_OF_NODE = 20;

  /** A class of tests as a page writes it, perhaps with its package or one of its methods. */
  private static final Pattern NAMED_TEST =
      Pattern.compile("`(?:[a-z]+\\.)*([A-Z]\\w*(?:Test|Property|Fuzz|Lab))(?:\\.\\w+)?`");

  private static final TreeMap<String, String> files = new TreeMap<>();

  @BeforeAll
  static void readsTheTree() throws IOException {
    Path root = Rooms.root();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean aLabRunsHere = folder.equals(root.resolve("landfall-lab"));
            return SKIPPED_FOLDERS.contains(folder.getFileName().toString()) || aLabRunsHere
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = file.getFileName().toString();
            boolean script = !name.contains(".") && Files.isExecutable(file);
            if (script || TEXT_ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))) {
              files.put(root.relativize(file).toString(), Files.readString(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  void theTreeIsRead() {
    assertThat(files.keySet().stream().filter(TidyTest::isMain)).hasSizeGreaterThan(60);
    assertThat(files.keySet().stream().filter(TidyTest::isTest)).hasSizeGreaterThan(15);
    assertThat(files).containsKeys("pom.xml", "core/src/main/java/io/landfall/core/Block.java");
  }

  @Test
  void mainFilesAreShort() {
    List<String> complaints = new ArrayList<>();
    files.forEach(
        (path, text) -> {
          if (isMain(path)) {
            int most = LONGER.getOrDefault(path, TextRules.MOST_LINES);
            TextRules.tooLong(text, most).forEach(each -> complaints.add(path + ": " + each));
          }
        });
    assertThat(complaints).isEmpty();
  }

  @Test
  void canaryALongFileIsFlagged() {
    assertThat(TextRules.tooLong("x\n".repeat(401), TextRules.MOST_LINES)).hasSize(1);
    assertThat(TextRules.tooLong("x\n".repeat(400), TextRules.MOST_LINES)).isEmpty();
  }

  @Test
  void nothingSaysThatItIsUnfinished() {
    assertThat(complaints(path -> !path.endsWith("TidyTest.java"), TextRules::unfinished))
        .isEmpty();
  }

  @Test
  void canaryAnUnfinishedLineIsFlagged() {
    assertThat(TextRules.unfinished("a\n// TODO later\n"))
        .singleElement()
        .asString()
        .contains("line 2");
    assertThat(TextRules.unfinished("/* FIXME */")).hasSize(1);
    assertThat(TextRules.unfinished("a todo list, and a TODOS type")).isEmpty();
  }

  @Test
  void noMessageHasAFailureAsJavaWritesIt() {
    assertThat(complaints(TidyTest::isMain, TextRules::rawFailures)).isEmpty();
  }

  @Test
  void canaryAFailureAsJavaWritesItIsFlagged() {
    assertThat(
            List.of(
                "say(file + \": \" + e.getMessage());",
                "say(String.valueOf(failure.get().getMessage()));",
                "say(\"cannot write: \" + cause);",
                "log.addKeyValue(\"why\", e).log(\"x\");"))
        .allSatisfy(line -> assertThat(TextRules.rawFailures(line)).as(line).hasSize(1));
    assertThat(TextRules.rawFailures("say(\": \" + FailureText.of(e)); String m = e.getMessage();"))
        .isEmpty();
  }

  @Test
  void noCodeSleepsInAComment() {
    assertThat(complaints(this::isJavaButThis, TextRules::commentedOutCode)).isEmpty();
  }

  @Test
  void canaryCodeInACommentIsFlagged() {
    assertThat(
            List.of(
                "  // return value;",
                "// if (ready) {",
                "// }",
                "// session.step(event, now);",
                "//int x = 5;",
                "// private final Map<String, Integer> map;",
                "// @Override",
                "// import java.util.List;"))
        .allSatisfy(line -> assertThat(TextRules.commentedOutCode(line)).as(line).hasSize(1));
    assertThat(
            List.of(
                "// The peer may close first; then the write fails, and that is fine.",
                "// return to Idle when the hold timer ends (RFC 4271 8.2.2).",
                "// if it is empty, nothing is accepted.",
                "  int x = 5; // five",
                "// See Session.step(event, now) for the order;"))
        .allSatisfy(line -> assertThat(TextRules.commentedOutCode(line)).as(line).isEmpty());
  }

  @Test
  void testsWaitForConditionsAndNotForTime() {
    assertThat(
            complaints(
                path -> (isTest(path) || path.startsWith("testkit/")) && isJavaButThis(path),
                TextRules::sleeps))
        .isEmpty();
  }

  @Test
  void canaryASleepIsFlaggedUnlessItSaysWhy() {
    assertThat(TextRules.sleeps("Thread.sleep(100);")).hasSize(1);
    assertThat(TextRules.sleeps("LockSupport.parkNanos(5);")).hasSize(1);
    assertThat(TextRules.sleeps("TimeUnit.SECONDS.sleep(1);")).hasSize(1);
    assertThat(TextRules.sleeps("Thread.sleep(5); // The drip itself; nothing waits for it."))
        .isEmpty();
    assertThat(TextRules.sleeps("String url = \"http://a\";\nThread.sleep(5);")).hasSize(1);
    assertThat(TextRules.sleeps("// Between two looks at the condition.\nThread.sleep(5);"))
        .isEmpty();
  }

  @Test
  void everyTableOfAPageHasItsHead() {
    assertThat(complaints(path -> path.endsWith(".md"), TextRules::headlessTables)).isEmpty();
  }

  @Test
  void canaryATableWithoutAHeadIsFlagged() {
    assertThat(TextRules.headlessTables("a\n\n| b | c |\n| d | e |\n")).hasSize(1);
    assertThat(TextRules.headlessTables("a\n\n| b | c |\n|---|:-:|\n| d | e |\n")).isEmpty();
  }

  @Test
  void nothingNamesAFolderOfOneMachine() {
    assertThat(complaints(path -> !path.endsWith("TidyTest.java"), TextRules::machinePaths))
        .isEmpty();
  }

  @Test
  void canaryAMachinePathIsFlagged() {
    assertThat(TextRules.machinePaths("cd /work/main && make")).hasSize(1);
    assertThat(TextRules.machinePaths("Path.of(\"/home/anna/keys\")")).hasSize(1);
    assertThat(TextRules.machinePaths("/root/.m2/settings.xml")).hasSize(1);
    assertThat(TextRules.machinePaths("target/work/x, $HOME/.m2/, /etc/landfall/")).isEmpty();
  }

  @Test
  void publicThingsAreDocumentedAndMethodsAreShortWithFewParameters() {
    TreeMap<String, String> main = new TreeMap<>(files);
    main.keySet().removeIf(path -> !isMain(path));
    assertThat(SourceRules.check(main)).isEmpty();
  }

  @Test
  void canaryUndocumentedLongAndWideThingsAreFlagged() {
    assertThat(checkSource("public class A { public void b() {} }"))
        .containsExactly(
            "A.java: public type A has no doc comment",
            "A.java: public method b has no doc comment");
    assertThat(checkSource("class A { void b() {" + "\n;".repeat(60) + "} }"))
        .singleElement()
        .asString()
        .contains("b has 61 lines");
    assertThat(
            checkSource("class A { void b(int c, int d, int e, int f, int g, int h, int i) {} }"))
        .singleElement()
        .asString()
        .contains("7 parameters");
    String eight = "int b, int c, int d, int e, int f, int g, int h, int i";
    assertThat(checkSource("record A(" + eight + ", int j) {}"))
        .singleElement()
        .asString()
        .contains("record A has 9 components");
    assertThat(checkSource("record A(" + eight + ") { static final int J = 9; }")).isEmpty();
    assertThat(checkSource("class A { int b( }")).isNotEmpty();
  }

  @Test
  void canaryWhatIsFineIsNotFlagged() {
    assertThat(
            checkSource(
                """
                /** A. */
                public record A(int b, int c, int d, int e, int f, int g, int h) {
                  /** Checks. */
                  public A {}
                  @Override public String toString() { return ""; }
                  /** Nothing. */
                  public void i() {}
                  void j() {}
                }
                class K { public void l() {} }
                """))
        .isEmpty();
  }

  @Test
  void aDecisionIsAtMostAPage() {
    assertThat(
            complaints(
                path -> path.startsWith("docs/decisions/"),
                text -> TextRules.tooLong(text, TextRules.MOST_DECISION_LINES)))
        .isEmpty();
  }

  @Test
  void canaryADecisionOfTwoPagesIsFlagged() {
    assertThat(TextRules.tooLong("x\n".repeat(61), TextRules.MOST_DECISION_LINES)).hasSize(1);
  }

  @Test
  void everyPackageOfMainCodeSaysWhatItIs() {
    assertThat(packagesWithoutInfo(files.keySet())).isEmpty();
  }

  @Test
  void canaryAPackageThatSaysNothingIsFlagged() {
    assertThat(packagesWithoutInfo(new TreeSet<>(List.of("a/src/main/java/io/b/C.java"))))
        .containsExactly("a/src/main/java/io/b");
  }

  @Test
  void cliHasNoLab() {
    assertThat(complaints(path -> path.startsWith("cli/"), TextRules::namesTheLab)).isEmpty();
    assertThat(files.keySet()).noneMatch(path -> path.matches("cli/.*/lab/.*|cli/.*/Lab\\w*.java"));
  }

  @Test
  void canaryACommandThatNamesTheLabIsFlagged() {
    assertThat(
            List.of(
                "import io.landfall.lab.Lab;",
                "<artifactId>landfall-lab</artifactId>",
                "\"  landfall lab --dir DIR\",",
                "commands.put(\"lab\", maker);",
                "new LabCommand()"))
        .allSatisfy(line -> assertThat(TextRules.namesTheLab(line)).as(line).hasSize(1));
    assertThat(TextRules.namesTheLab("landfall explain http://shop.lab/; a Label; /tmp/lab/fra"))
        .isEmpty();
  }

  @Test
  void nodeIsAtMostAFifthOfTheMainCode() {
    assertThat(percentOfMainLines("node", files)).isLessThanOrEqualTo(MOST_PERCENT_OF_NODE);
  }

  @Test
  void canaryANodeThatGrowsIsFlagged() {
    TreeMap<String, String> tree = new TreeMap<>();
    tree.put("node/src/main/java/io/landfall/node/A.java", "a;\n".repeat(21));
    tree.put("node/src/test/java/io/landfall/node/ATest.java", "a;\n".repeat(900));
    tree.put("edge/src/main/java/io/landfall/edge/B.java", "b;\n".repeat(79));
    assertThat(percentOfMainLines("node", tree)).isEqualTo(21).isGreaterThan(MOST_PERCENT_OF_NODE);
    tree.put("edge/src/main/java/io/landfall/edge/C.java", "c;\n".repeat(5));
    assertThat(percentOfMainLines("node", tree)).isEqualTo(20);
  }

  /** Rounded up, so that a line more than the bound counts. */
  private static long percentOfMainLines(String room, Map<String, String> tree) {
    long all = 0;
    long own = 0;
    for (Map.Entry<String, String> file : tree.entrySet()) {
      if (isMain(file.getKey())) {
        long lines = file.getValue().lines().count();
        all += lines;
        own += file.getKey().startsWith(room + "/") ? lines : 0;
      }
    }
    return Math.ceilDiv(100 * own, all);
  }

  @Test
  void thePagesNameTestsThatThereAre() {
    List<String> complaints = new ArrayList<>();
    Set<String> tests = testNames(files.keySet());
    files.forEach(
        (path, text) -> {
          // The changelog tells of what there was.
          if (path.endsWith(".md") && !path.equals("CHANGELOG.md")) {
            missingTests(text, tests).forEach(name -> complaints.add(path + " names " + name));
          }
        });
    assertThat(tests).hasSizeGreaterThan(100);
    assertThat(complaints).isEmpty();
  }

  @Test
  void canaryATestThatIsGoneIsFlagged() {
    Set<String> tests =
        testNames(
            new TreeSet<>(
                List.of("a/src/test/java/io/a/FooTest.java", "a/src/main/java/io/a/Bar.java")));
    assertThat(missingTests("(`FooTest`, `BarTest`; `a.FooTest.holds`; `XTest`)", tests))
        .containsExactly("BarTest");
  }

  private static Set<String> testNames(Set<String> paths) {
    Set<String> names = new TreeSet<>();
    for (String path : paths) {
      if (isTest(path)) {
        names.add(path.substring(path.lastIndexOf('/') + 1, path.length() - ".java".length()));
      }
    }
    return names;
  }

  /** The tests that a page names and that are not among these; X stands for any. */
  private static List<String> missingTests(String page, Set<String> tests) {
    return NAMED_TEST
        .matcher(page)
        .results()
        .map(each -> each.group(1))
        .filter(name -> !name.startsWith("X") && !tests.contains(name))
        .toList();
  }

  @Test
  void noTwoTypesOfMainCodeHaveOneName() {
    assertThat(sharedNames(files.keySet())).isEmpty();
  }

  @Test
  void canaryATypeWithTheNameOfAnotherIsFlagged() {
    assertThat(
            sharedNames(
                new TreeSet<>(
                    List.of(
                        "a/src/main/java/io/a/Rule.java",
                        "a/src/main/java/io/a/package-info.java",
                        "b/src/main/java/io/b/Rule.java",
                        "b/src/main/java/io/b/package-info.java",
                        "b/src/test/java/io/b/Other.java",
                        "c/src/main/java/io/c/Other.java"))))
        .containsExactly("Rule.java: a/src/main/java/io/a, b/src/main/java/io/b");
  }

  /** File names that stand in two folders of main code: a file is one type of the top level. */
  private static List<String> sharedNames(Set<String> paths) {
    TreeMap<String, List<String>> folders = new TreeMap<>();
    for (String path : paths) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (isMain(path) && !name.endsWith("-info.java")) {
        folders
            .computeIfAbsent(name, each -> new ArrayList<>())
            .add(path.substring(0, path.lastIndexOf('/')));
      }
    }
    List<String> shared = new ArrayList<>();
    folders.forEach(
        (name, where) -> {
          if (where.size() > 1) {
            shared.add(name + ": " + String.join(", ", where));
          }
        });
    return shared;
  }

  private static List<String> checkSource(String text) {
    return SourceRules.check(new TreeMap<>(Map.of("A.java", text)));
  }

  private static Set<String> packagesWithoutInfo(Set<String> paths) {
    Set<String> without = new TreeSet<>();
    for (String path : paths) {
      String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      if (isMain(path)
          && !path.endsWith("/module-info.java")
          && !paths.contains(folder + "/package-info.java")) {
        without.add(folder);
      }
    }
    return without;
  }

  private static List<String> complaints(
      Predicate<String> which, Function<String, List<String>> rule) {
    List<String> complaints = new ArrayList<>();
    files.forEach(
        (path, text) -> {
          if (which.test(path)) {
            rule.apply(text).forEach(complaint -> complaints.add(path + ": " + complaint));
          }
        });
    return complaints;
  }

  private static boolean isMain(String path) {
    return path.contains("src/main/java/") && path.endsWith(".java");
  }

  private static boolean isTest(String path) {
    return path.contains("src/test/java/") && path.endsWith(".java");
  }

  private boolean isJavaButThis(String path) {
    return path.endsWith(".java") && !path.endsWith("TidyTest.java");
  }
}
