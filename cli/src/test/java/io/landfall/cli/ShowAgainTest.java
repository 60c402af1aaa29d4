package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code show services --all-sites}, and views that are shown again and again. */
class ShowAgainTest {
  private static final String SERVICES =
      """
      [{"name":"shop","identity":"10.32.1.10","hosts":["shop.lab"],"paths":[],
        "local":{"signal":"UP","why":"2 of 2 backends up","backends":[],"lease":null,
                 "dampedUntil":null,"tier":0,"speakers":[]},
        "sites":[{"node":"tyo","identity":"10.32.0.4","signal":"DRAINING","tier":5,"cost":210,
                  "usable":true,"why":"usable"},
                 {"node":"nyc","identity":"10.32.0.2","signal":"UP","tier":0,"cost":90,
                  "usable":false,"why":"its channel is down"}]},
       {"name":"db","identity":"10.32.1.11","hosts":["db.lab"],"paths":[],"local":null,"sites":[],
        "maintenance":"by an operator"}]
      """;

  @TempDir Path temp;

  private FakeNode node(Map<String, String> answers) throws IOException {
    return new FakeNode(temp.resolve("a.sock"), answers);
  }

  private AdminClient client() {
    return new AdminClient(temp.resolve("a.sock"));
  }

  @Test
  void aColumnForEachSite() throws IOException {
    try (FakeNode node = node(Map.of("GET /v1/show/services", FakeNode.ok(SERVICES)))) {
      Ran ran =
          Ran.landfall(
              "--socket", temp.resolve("a.sock").toString(), "show", "services", "--all-sites");
      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .isEqualTo(
              """
              NAME  HERE             nyc            tyo
              shop  UP               UP (unusable)  DRAINING tier 5
              db    - (maintenance)  -              -
              """);
      assertThat(node.requests).hasSize(1);
    }
  }

  /** Shows the services so often, with other answers each time. */
  private String watched(boolean terminal, boolean json, List<String> answers) throws IOException {
    Map<String, String> answer = new HashMap<>();
    Iterator<String> next = answers.iterator();
    answer.put("GET /v1/show/services", next.next());
    StringWriter out = new StringWriter();
    try (FakeNode node = node(answer)) {
      ReadAgain read =
          new ReadAgain(
              new ServiceMatrix(),
              "all services",
              terminal,
              () -> {
                boolean more = next.hasNext();
                if (more) {
                  answer.put("GET /v1/show/services", next.next());
                }
                return more;
              });
      assertThat(read.answer(client(), json, new PrintWriter(out))).isZero();
      assertThat(node.requests).hasSize(answers.size());
    }
    return out.toString();
  }

  @Test
  void pagesStandBelowEachOtherInAPipe() throws IOException {
    String text =
        watched(
            false,
            false,
            List.of(
                FakeNode.ok(SERVICES),
                FakeNode.response("503 Service Unavailable", "{\"detail\":\"it starts\"}"),
                FakeNode.ok("[]")));
    assertThat(text.replaceAll("20[0-9-]+T[0-9:]+Z", "NOW"))
        .isEqualTo(
            """
            all services  NOW

            NAME  HERE             nyc            tyo
            shop  UP               UP (unusable)  DRAINING tier 5
            db    - (maintenance)  -              -

            all services  NOW

            landfall: the node refused (503): it starts

            all services  NOW

            no services

            """);
  }

  @Test
  void aPageTakesThePlaceOfTheOneBeforeOnATerminal() throws IOException {
    String text = watched(true, false, List.of(FakeNode.ok("[]"), FakeNode.ok("[]")));
    assertThat(text.replaceAll("20[0-9-]+T[0-9:]+Z", "NOW"))
        .isEqualTo(
            "\u001b[Hall services  NOW\u001b[K\n\u001b[K\nno services\u001b[K\n\u001b[J".repeat(2));
  }

  @Test
  void jsonIsTheAnswersAndNothingElse() throws IOException {
    assertThat(watched(true, true, List.of(FakeNode.ok("[]"), FakeNode.ok("[]"))))
        .isEqualTo("[][]");
  }

  @Test
  void aReaderThatHasGoneEndsIt() throws IOException {
    try (FakeNode node = node(Map.of("GET /v1/show/services", FakeNode.ok("[]")))) {
      Writer gone =
          new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
              throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          };
      ReadAgain read = new ReadAgain(new ServiceMatrix(), "", false, () -> true);
      assertThat(read.answer(client(), false, new PrintWriter(gone))).isZero();
      assertThat(node.requests).hasSize(1);
    }
  }

  @Test
  void aMistakeIsNotMadeAgainAndAgain() throws IOException {
    Map<String, String> answers =
        Map.of(
            "GET /v1/show/peers?peer=nix",
            FakeNode.response("400 Bad Request", "{\"detail\":\"no\"}"));
    try (FakeNode node = node(answers)) {
      String socket = temp.resolve("a.sock").toString();
      assertThat(Ran.landfall("--socket", socket, "show", "peers", "nix", "--watch").code())
          .isEqualTo(ExitCode.USAGE);
      assertThat(node.requests).hasSize(1);
      assertThat(Ran.landfall("--socket", socket, "show", "peers", "--interval", "1ms").err())
          .contains("--interval 1ms is outside 500ms to 1h");
      assertThat(node.requests).hasSize(1);
    }
  }
}
