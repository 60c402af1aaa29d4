package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.decision.Shield;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Only the shields of a service ask its origin for what caches miss. */
class ShieldTest {
  private final TestBackend here = fresh();
  private final TestBackend there = fresh();
  private final TestSite fra = CachedSite.of("fra", 1);
  private final TestSite nyc = CachedSite.of("nyc", 2);

  @AfterEach
  void closes() {
    List.of(fra, nyc).forEach(TestSite::close);
    List.of(here, there).forEach(TestBackend::close);
  }

  private static TestBackend fresh() {
    return new TestBackend(
        (request, in, out) ->
            TestBackend.raw(
                out,
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nhello"));
  }

  private void nycIsTheShield(Shield.Fallback fallback) {
    Shield shield = new Shield(new TreeSet<>(List.of(new NodeName("nyc"))), fallback);
    nyc.publish(
        shield, Signal.UP, new HostedService(backends(there), 9), fra.candidate(Signal.UP, 1));
    fra.publish(
        shield, Signal.UP, new HostedService(backends(here), 9), nyc.candidate(Signal.UP, 1));
  }

  @Test
  void aMissGoesToTheShieldWhichAsksTheOriginAndWhatIsNoMissStaysHere() {
    nycIsTheShield(Shield.Fallback.ORIGIN);
    RawClient.Answer miss = CachedSite.ask(fra, "/a");
    assertThat(miss.body()).isEqualTo("hello");
    assertThat(miss.all("cache-status").getFirst()).startsWith("nyc.cdn.test; fwd=uri-miss");
    fra.awaitLastDecision(Reason.SHIELD);
    assertThat(CachedSite.ask(nyc, "/b").body()).isEqualTo("hello");
    assertThat(there.received).hasSize(2);
    assertThat(here.received).isEmpty();
    try (RawClient client = new RawClient(fra.http())) {
      client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
    }
    assertThat(here.received).hasSize(1);
  }

  @Test
  void withoutTheShieldTheOriginIsAskedHereIfTheFallbackIsThat() {
    nycIsTheShield(Shield.Fallback.ORIGIN);
    fra.failDials(true);
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("hello");
    assertThat(here.received).hasSize(1);
  }

  @Test
  void withoutTheShieldAMissIsDeclinedIfTheFallbackIsThatAndAHitIsAHit() {
    nycIsTheShield(Shield.Fallback.DECLINE);
    CachedSite.ask(fra, "/a");
    TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
    fra.failDials(true);
    nyc.dropOverlay();
    assertThat(CachedSite.ask(fra, "/b").status()).isBetween(502, 504);
    Shield shield =
        new Shield(new TreeSet<>(List.of(new NodeName("nyc"))), Shield.Fallback.DECLINE);
    fra.publish(shield, Signal.UP, new HostedService(backends(here), 9));
    RawClient.Answer declined = CachedSite.ask(fra, "/b");
    assertThat(declined.status()).isEqualTo(503);
    assertThat(declined.body()).contains("NO_SHIELD");
    assertThat(declined.field("retry-after")).isPresent();
    assertThat(CachedSite.ask(fra, "/a").all("cache-status").getLast()).contains("; hit; ");
    assertThat(here.received).isEmpty();
  }
}
