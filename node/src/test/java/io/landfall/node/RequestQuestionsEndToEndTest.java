package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.RequestHalf;
import io.landfall.admin.model.RequestReport;
import io.landfall.core.NodeName;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What became of a request is joined of what two real nodes saw. */
class RequestQuestionsEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void twoNodes() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).knows("shop", 10).config(log("fra"));
    nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("shop", 2)).config(log("nyc"));
    fra.start();
    nyc.dials(fra.overlay).start();
    fra.awaitNextHops(10, nyc.identity());
    Await.until(
        "fra has a channel to nyc",
        () -> fra.show("show/cache").contains("\"caughtUp\":true"),
        () -> fra.show("show/cache"));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private String log(String name) {
    return "access-log: {file: \"" + folder.resolve(name + ".log") + "\"}";
  }

  /** Asks for a path, and gives the id that the request got. */
  private String asked(String path) throws IOException {
    Await.until("it is answered", () -> HttpWire.get(fra.http, "shop.test", path).status() == 200);
    Await.until("its line is written", () -> line(path).isPresent());
    return String.valueOf(
        ParsedJson.object(ParsedJson.parse(line(path).orElseThrow())).get("request_id"));
  }

  private Optional<String> line(String path) {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("fra.log"));
      return lines.stream()
          .filter(
              line ->
                  line.contains("\"target\":\"" + path + "\",") && line.contains("\"status\":200"))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static RequestReport explained(TestSite site, String id) {
    return JsonReader.read(site.show("explain/request?id=" + id), RequestReport.class);
  }

  @Test
  void theLandingNodeHasBothHalvesAndTheFarOneItsOwn() throws IOException {
    String id = asked("/x");
    Await.until(
        "nyc has it",
        () -> explained(fra, id).elsewhere().getFirst().problem().isEmpty(),
        () -> fra.show("explain/request?id=" + id));
    RequestReport report = explained(fra, id);
    assertThat(report.node()).isEqualTo("fra");
    RequestHalf here = report.here().getFirst();
    assertThat(here.asked().target()).isEqualTo("/x");
    assertThat(here.outcome().outcome()).isEqualTo("forward");
    assertThat(here.attempts()).singleElement().matches(each -> each.place().equals("nyc"));
    RequestReport.Elsewhere far = report.elsewhere().getFirst();
    assertThat(far.node()).isEqualTo("nyc");
    assertThat(far.halves())
        .singleElement()
        .satisfies(
            half -> {
              assertThat(half.asked().fromNode()).contains("fra");
              assertThat(half.outcome().outcome()).isEqualTo("serve");
              assertThat(half.traceId()).isEqualTo(here.traceId());
              assertThat(half.attempts())
                  .singleElement()
                  .matches(each -> each.kind().equals("backend") && each.status() == 200);
            });
    RequestReport there = explained(nyc, id);
    assertThat(there.elsewhere()).isEmpty();
    assertThat(there.here().getFirst().asked().fromNode()).contains("fra");
  }

  @Test
  void aNodeIsAnsweredAboutItsOwnRequestsOnly() throws Exception {
    String id = asked("/y");
    byte[] question = ("R\u0001" + id).getBytes(US_ASCII);
    RequestQuestions atNyc = nyc.node().acme.nodes().requests();
    Await.until(
        "nyc answers fra",
        () -> new String(atNyc.asked(new NodeName("fra"), question).join(), UTF_8).contains("/y"));
    assertThat(new String(atNyc.asked(new NodeName("sin"), question).get(), UTF_8).strip())
        .isEqualTo("[]");
    for (String wrong : List.of("R", "R\u0001", "R\u0002" + id, "R\u0001" + "a".repeat(129))) {
      assertThatThrownBy(() -> atNyc.asked(new NodeName("fra"), wrong.getBytes(US_ASCII)).get())
          .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatIsNotKnownHasAClearAnswerAndANodeThatIsGoneLeavesItsHalfOut() throws IOException {
    HttpWire.Answer unknown =
        HttpWire.get(fra.socket(), "localhost", "/v1/explain/request?id=none");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).contains("no finished request with the id 'none' is known at fra");
    assertThat(
            HttpWire.get(fra.socket(), "localhost", "/v1/explain/request?id=" + "a".repeat(129))
                .status())
        .isEqualTo(400);
    String id = asked("/z");
    nyc.close();
    Await.until(
        "the channel is over",
        () ->
            explained(fra, id)
                .elsewhere()
                .getFirst()
                .problem()
                .equals(Optional.of("there is no channel to it now")),
        () -> fra.show("explain/request?id=" + id));
    assertThat(explained(fra, id).here()).hasSize(1);
    assertThat(explained(fra, id).elsewhere().getFirst().halves()).isEmpty();
  }

  @Test
  void aNodeWithoutIdsSaysSo() {
    TestSite sin = world.site("sin", 3);
    sin.start();
    Map<String, Object> answer =
        ParsedJson.object(
            ParsedJson.parse(
                HttpWire.get(sin.socket(), "localhost", "/v1/explain/request?id=a").body()));
    assertThat(Objects.toString(answer.get("detail"))).contains("requests have no ids");
  }
}
