package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command sends and prints of a node's cache. */
class CacheCommandsTest {
  private static final String REPORT =
      "{\"node\":\"fra\",\"memoryBytes\":1073741824,\"usedBytes\":1536,\"fetchesInProgress\":2,"
          + "\"services\":[{\"service\":\"shop\",\"objects\":12,\"bytes\":1536,"
          + "\"budgetBytes\":536870912,\"requests\":{\"hits\":3,\"misses\":1,\"bypasses\":4,"
          + "\"hitRatio\":0.75},\"fetches\":1},{\"service\":\"static\",\"objects\":0,\"bytes\":0,"
          + "\"budgetBytes\":536870912,\"requests\":{\"hits\":0,\"misses\":0,\"bypasses\":0,"
          + "\"hitRatio\":null},\"fetches\":0}],"
          + "\"disks\":[{\"path\":\"/var/c\",\"state\":\"not-writable\",\"why\":\"disk full\","
          + "\"content\":{\"objects\":1234567,\"bytes\":107374182400,"
          + "\"limitBytes\":109951162777,\"indexBytes\":44444},\"reads\":{\"found\":87654321,"
          + "\"damaged\":2},\"writes\":{\"stored\":5,\"dropped\":12},\"errors\":3}]}\n";

  @TempDir Path temp;

  private Path socket() {
    return temp.resolve("a.sock");
  }

  private Ran run(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "--socket";
    all[1] = socket().toString();
    System.arraycopy(args, 0, all, 2, args.length);
    return Ran.landfall(all);
  }

  @Test
  void aPurgeGoesOutAsTheApiWantsItAndItsSentenceIsPrinted() throws IOException {
    String done = answer(true, "{\"node\":\"fra\",\"outcome\":\"applied\",\"lagMillis\":0.0}");
    try (FakeNode node = new FakeNode(socket(), Map.of("POST /v1/purge", FakeNode.ok(done)))) {
      assertThat(run("purge", "--url", "http://shop.lab/\"a"))
          .isEqualTo(new Ran(0, "fra: purged" + System.lineSeparator(), ""));
      assertThat(run("purge", "--prefix", "shop.lab/a", "--soft", "--json"))
          .isEqualTo(new Ran(0, done, ""));
      run("purge", "--host", "shop.lab");
      run("purge", "--tag", "t");
      run("purge", "--service", "shop", "--all");
      assertThat(node.requests)
          .containsExactly(
              "POST /v1/purge {\"url\":\"http://shop.lab/\\\"a\",\"soft\":false,\"waitMillis\":5000}",
              "POST /v1/purge {\"prefix\":\"shop.lab/a\",\"soft\":true,\"waitMillis\":5000}",
              "POST /v1/purge {\"host\":\"shop.lab\",\"soft\":false,\"waitMillis\":5000}",
              "POST /v1/purge {\"tag\":\"t\",\"soft\":false,\"waitMillis\":5000}",
              "POST /v1/purge {\"service\":\"shop\",\"all\":true,\"soft\":false,\"waitMillis\":5000}");
    }
  }

  @Test
  void eachOfSeveralTagsIsAPurgeAndItsAnswerALine() throws IOException {
    String done = answer(true, "{\"node\":\"fra\",\"outcome\":\"applied\",\"lagMillis\":0.0}");
    try (FakeNode node = new FakeNode(socket(), Map.of("POST /v1/purge", FakeNode.ok(done)))) {
      assertThat(run("purge", "--tag", "t", "--tag", "u", "--json"))
          .isEqualTo(new Ran(0, done + done, ""));
      assertThat(node.requests)
          .containsExactly(
              "POST /v1/purge {\"tag\":\"t\",\"soft\":false,\"waitMillis\":5000}",
              "POST /v1/purge {\"tag\":\"u\",\"soft\":false,\"waitMillis\":5000}");
    }
  }

  @Test
  void ofSeveralTagsAllHaveToBeApplied() throws IOException {
    String partly = answer(false, "{\"node\":\"fra\",\"outcome\":\"pending\",\"lagMillis\":0.0}");
    try (FakeNode _ = new FakeNode(socket(), Map.of("POST /v1/purge", FakeNode.ok(partly)))) {
      assertThat(run("purge", "--tag", "t", "--tag", "u").code()).isEqualTo(ExitCode.NO);
    }
  }

  private static String answer(boolean complete, String nodes) {
    return "{\"node\":\"fra\",\"scope\":\"tag\",\"what\":\"t\",\"soft\":false,"
        + "\"services\":[\"shop\"],\"nodes\":["
        + nodes
        + "],\"complete\":"
        + complete
        + ",\"message\":\"fra: purged\"}\n";
  }

  @Test
  void aPurgeTellsOfEachNodeAndFailsUnlessAllHaveAppliedIt() throws IOException {
    String partly =
        answer(
            false,
            "{\"node\":\"fra\",\"outcome\":\"applied\",\"lagMillis\":0.0},"
                + "{\"node\":\"nyc\",\"outcome\":\"applied\",\"lagMillis\":81.25},"
                + "{\"node\":\"sin\",\"outcome\":\"unreachable\",\"lagMillis\":null}");
    try (FakeNode node = new FakeNode(socket(), Map.of("POST /v1/purge", FakeNode.ok(partly)))) {
      Ran ran = run("purge", "--tag", "t", "--wait", "20ms");
      assertThat(ran.code()).isEqualTo(ExitCode.NO);
      assertThat(ran.out())
          .isEqualTo(
              """
              fra: purged
              NODE  OUTCOME      LAG
              fra   applied      0.0ms
              nyc   applied      81.3ms
              sin   unreachable  -
              """);
      assertThat(run("purge", "--tag", "t", "--json")).isEqualTo(new Ran(ExitCode.NO, partly, ""));
      assertThat(node.requests.element())
          .isEqualTo("POST /v1/purge {\"tag\":\"t\",\"soft\":false,\"waitMillis\":20}");
    }
  }

  @Test
  void aPurgeOfNothingOrOfTwoThingsIsAWrongCommandLine() {
    for (String[] wrong :
        new String[][] {
          {"purge"},
          {"purge", "--url", "a", "--tag", "b"},
          {"purge", "--service", "shop"},
          {"purge", "--tag", "b", "--all"},
          {"purge", "--service", "No!", "--all"},
          {"purge", "--tag", "b", "--wait", "61s"},
          {"purge", "--tag", "b", "--wait", "soon"}
        }) {
      assertThat(run(wrong).code()).isEqualTo(ExitCode.USAGE);
    }
    assertThat(run("purge").err()).contains("Exactly one of --url U, --prefix U");
  }

  @Test
  void theCacheIsATableOfServicesThatFitsATerminal() throws IOException {
    try (FakeNode node =
        new FakeNode(socket(), Map.of("GET /v1/show/cache", FakeNode.ok(REPORT)))) {
      Ran table = run("show", "cache");
      assertThat(table.out())
          .isEqualTo(
              """
              memory: 1.5KiB of 1.0GiB; fetches in progress: 2
              SERVICE  OBJECTS  SIZE    BUDGET    HITS  MISSES  RATIO  BYPASSES  CACHE
              shop     12       1.5KiB  512.0MiB  3     1       75.0%  4         warm
              static   0        0B      512.0MiB  0     0       -      0         warm
              DISK    STATE         OBJECTS  SIZE      FREE    FOUND     DROPPED  ERRORS
              /var/c  not-writable  1234567  100.0GiB  2.4GiB  87654321  12       3
              /var/c: disk full
              """);
      assertThat(table.out().lines()).allMatch(line -> line.length() <= 80);
      assertThat(run("show", "cache", "--json")).isEqualTo(new Ran(0, REPORT, ""));
      assertThat(node.requests).hasSize(2);
    }
  }

  @Test
  void whatIsStoredOfAUrlIsATableAndNothingIsExitCodeOne() throws IOException {
    String stored =
        "{\"service\":\"shop\",\"cold\":\"its cache is cold\",\"stored\":[{\"url\":\"http://a/b\","
            + "\"state\":\"fresh\",\"status\":200,\"bytes\":5,\"ageSeconds\":7,\"ttlSeconds\":53,"
            + "\"selectedBy\":{\"tier\":\"memory\",\"varies\":[\"accept\"],\"tags\":[\"x\",\"y\"],"
            + "\"variants\":[{\"coding\":\"gzip\",\"bytes\":4},{\"coding\":\"br\",\"bytes\":3}]}}]}";
    try (FakeNode node =
        new FakeNode(
            socket(),
            Map.of(
                "GET /v1/show/cache?url=a%2Fb", FakeNode.ok(stored),
                "GET /v1/show/cache?url=none", FakeNode.ok("{\"stored\":[]}")))) {
      assertThat(run("show", "cache", "a/b"))
          .isEqualTo(
              new Ran(
                  0,
                  """
                  shop: its cache is cold
                  URL         STATE  STATUS  SIZE  AGE  TTL  WHERE   CODINGS  VARIES BY  TAGS
                  http://a/b  fresh  200     5B    7s   53s  memory  gzip br  accept     x y
                  """,
                  ""));
      Ran none = run("show", "cache", "none");
      assertThat(none.code()).isEqualTo(ExitCode.NO);
      assertThat(none.out()).contains("nothing is stored of it at this node");
      assertThat(node.requests).hasSize(2);
    }
  }
}
