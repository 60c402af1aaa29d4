package io.landfall.checks.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No two test classes of this room, which run side by side, listen at one loopback address. */
class LoopbackAddressesTest {
  private static final String A_TEST = "class A { @Test void a() { listen(\"%s\"); } }";
  private static final String ANOTHER = "class B { @Test void b() { connect(\"%s\", PORT); } }";

  private static List<String> check(String... texts) {
    TreeMap<String, String> files = new TreeMap<>();
    for (String text : texts) {
      files.put("x/" + text.replaceAll("(?s).*?class (\\w+).*", "$1") + ".java", text);
    }
    return LoopbackAddresses.check(files);
  }

  @Test
  void eachTestClassHasItsOwn() throws IOException {
    TreeMap<String, String> files = new TreeMap<>();
    Path tests = Rooms.root().resolve("checks/src/test/java/io/landfall");
    try (Stream<Path> all = Files.walk(tests)) {
      for (Path file : all.filter(each -> each.toString().endsWith(".java")).toList()) {
        // What is wrong on purpose, and the canaries of this one.
        if (!file.toString().contains("/separation/bad/")
            && !file.endsWith("LoopbackAddressesTest.java")) {
          files.put(tests.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    assertThat(files).hasSizeGreaterThan(100);
    assertThat(LoopbackAddresses.check(files)).isEmpty();
  }

  @Test
  void canaryAnAddressOfTwoIsFlagged() {
    String a = A_TEST.formatted("127.98.8.1:7421");
    assertThat(check(a, ANOTHER.formatted("127.98.8.1")))
        .containsExactly("127.98.8.1 is used by A, B");
    assertThat(check(a, ANOTHER.formatted("http://127.98.8.1:7422/")))
        .as("a port of the same address")
        .hasSize(1);
    assertThat(check(a, ANOTHER.formatted("127.98.8.") + "\n", "class C { @Test void c() {} }"))
        .as("one that is put together")
        .containsExactly("127.98.8.1 is used by A, B");
    assertThat(check(A_TEST.formatted("127.98.8.%d"), ANOTHER.formatted("127.98.8.\" + 1 + \"")))
        .containsExactly("127.98.8. is used by A, B");
  }

  @Test
  void canaryAnAddressOfAHelperOfTwoIsFlagged() {
    String helper = "final class Helper { String at = \"127.98.8.1\"; }";
    String way = "class Way { Helper helper; }";
    assertThat(
            check(
                helper, way, "class A { @Test void a(Helper h) {} }", "class B { @Test Way way; }"))
        .containsExactly("127.98.8.1 is used by A, B");
    assertThat(check(helper, way, "class B { @Test Way way; }")).isEmpty();
  }

  @Test
  void canaryAFixedPortOfEveryonesAddressIsFlagged() {
    assertThat(check(A_TEST.formatted("127.0.0.1:7423"))).hasSize(1);
    assertThat(check(A_TEST.formatted("[::1]:7423"))).hasSize(1);
    assertThat(
            check(
                "class A { static final int P = 1; int AT = 7_423; @Test ("
                    + "get(\"127.0.0.1\", AT), ofLiteral(\"127.0.0.1\"), 7423) }"))
        .containsExactly(
            "A: 127.0.0.1:7423 is everyone's, with a port that is fixed",
            "A: 127.0.0.1:AT is everyone's, with a port that is fixed");
  }

  @Test
  void canaryWhatIsFineIsNotFlagged() {
    String a = A_TEST.formatted("127.98.8.1:7421");
    assertThat(check(a, ANOTHER.formatted("127.98.8.10"))).isEmpty();
    assertThat(check(a, ANOTHER.formatted("127.98.80."))).isEmpty();
    assertThat(check(a, ANOTHER.formatted("127.98.8.1") + " // in a NetworkNamespace")).isEmpty();
    assertThat(
            check(
                a,
                "class B { NetworkNamespace n; Helper h; @Test b() }",
                "class Helper { String at = \"127.98.8.1\"; }"))
        .as("a helper in a namespace")
        .isEmpty();
    assertThat(check(a, "/**\n * As 127.98.8.1 of A.\n */\nclass B { @Test void b() {} }"))
        .isEmpty();
    assertThat(check(a, "class Unused { String at = \"127.98.8.1\"; }")).isEmpty();
    assertThat(check(A_TEST.formatted("127.0.0.0/8"), ANOTHER.formatted("127.0.0.0/8"))).isEmpty();
    assertThat(check(A_TEST.formatted("127.0.0.1:%d"), ANOTHER.formatted("127.0.0.1:0"))).isEmpty();
    assertThat(check(A_TEST.formatted("127.\" + net + \".1"), ANOTHER.formatted("10.127.0.9")))
        .isEmpty();
  }
}
