package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.acme.AcmeFailure;
import io.landfall.acme.ChallengeType;
import io.landfall.acme.PendingChallenge;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A challenge that one of three real nodes has is answered at all of them. */
class SharedChallengesEndToEndTest {
  private static final String TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
  private static final String PATH = "/.well-known/acme-challenge/" + TOKEN;
  private static final PendingChallenge HTTP = challenge(ChallengeType.HTTP_01, "shop.test", TOKEN);
  private static final PendingChallenge TLS =
      challenge(ChallengeType.TLS_ALPN_01, "shop.test", TOKEN.replace('e', 'f'));

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private TestSite sin;

  private static PendingChallenge challenge(ChallengeType type, String name, String token) {
    return new PendingChallenge(type, name, token, token + "." + "x".repeat(43));
  }

  @BeforeEach
  void threeNodes() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1);
    nyc = world.site("nyc", 2);
    sin = world.site("sin", 3);
    fra.start();
    nyc.dials(fra.overlay).start();
    connected(fra, nyc);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static void connected(TestSite one, TestSite other) {
    one.awaitAdjacency(other.name);
    other.awaitAdjacency(one.name);
    Await.until(
        "both have a channel to the other",
        () -> channel(one, other.name) && channel(other, one.name),
        () -> one.show("show/cache") + other.show("show/cache"));
  }

  private static boolean channel(TestSite site, String other) {
    Map<String, Object> cache = ParsedJson.object(ParsedJson.parse(site.show("show/cache")));
    Map<String, Object> purges = ParsedJson.object(cache.getOrDefault("purges", Map.of()));
    return ParsedJson.rows(purges.getOrDefault("nodes", List.of())).stream()
        .anyMatch(
            each -> other.equals(each.get("node")) && Boolean.TRUE.equals(each.get("caughtUp")));
  }

  private static SharedChallenges of(TestSite site) {
    return site.node().acme.challenges();
  }

  private static int status(TestSite site) {
    HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", PATH);
    if (answer.status() == 200) {
      assertThat(answer.body()).isEqualTo(HTTP.keyAuthorization());
    }
    return answer.status();
  }

  @Test
  void itIsAnsweredEverywhereBeforeTheCaIsAskedAndNowhereAfterwards() throws Exception {
    assertThat(status(nyc)).as("a host that is no service, before").isEqualTo(421);
    of(fra).publish(List.of(HTTP, TLS));
    assertThat(status(fra)).isEqualTo(200);
    assertThat(status(nyc)).as("as soon as it is published").isEqualTo(200);
    assertThat(of(nyc).tls("shop.test")).isPresent();
    assertThat(of(nyc).tls("other.test")).isEmpty();
    of(fra).withdraw(List.of(HTTP, TLS));
    Await.until("it is taken back", () -> status(nyc) == 421 && of(nyc).size() == 0);
    assertThat(status(fra)).isEqualTo(421);
    assertThat(of(nyc).tls("shop.test")).isEmpty();
  }

  @Test
  void aNodeThatComesMeanwhileAnswersToo() throws Exception {
    of(fra).publish(List.of(HTTP));
    sin.dials(fra.overlay).start();
    Await.until("the new node answers", () -> status(sin) == 200);
  }

  @Test
  void ofTwoNodesThatProveOneNameByHandshakesOneWaitsForTheOther() throws Exception {
    of(fra).publish(List.of(TLS));
    PendingChallenge second = challenge(ChallengeType.TLS_ALPN_01, "shop.test", "z".repeat(43));
    CompletableFuture<Void> waits = new CompletableFuture<>();
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    of(nyc).publish(List.of(second));
                    waits.complete(null);
                  } catch (AcmeFailure | InterruptedException e) {
                    waits.completeExceptionally(e);
                  }
                });
    assertThat(of(nyc).size()).as("the first is not replaced").isLessThanOrEqualTo(1);
    of(fra).withdraw(List.of(TLS));
    waits.get(60, TimeUnit.SECONDS);
    other.join();
    assertThat(of(fra).size()).isEqualTo(1);
    assertThat(of(nyc).size()).isEqualTo(1);
  }

  @Test
  void whatIsNoMessageOfChallengesIsNotAnswered() {
    assertThatThrownBy(() -> of(fra).asked(fra.node().config.name(), new byte[] {'A', 0}).get())
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
    assertThat(of(fra).size()).isZero();
  }
}
