package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.PurgeOrder;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A purge of the fleet at one node, while another has not applied it; and a cache that is held. */
class FleetPurgeTest {
  private final AtomicInteger version = new AtomicInteger();
  private final TestBackend backend =
      new TestBackend(
          (request, in, out) ->
              TestBackend.raw(
                  out,
                  "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nv"
                      + version.get()));
  private final TestSite fra = CachedSite.of("fra", 1);
  private final TestSite nyc = CachedSite.of("nyc", 2);

  @BeforeEach
  void fraForwardsToNyc() {
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private String ask(TestSite site, String path) {
    return CachedSite.ask(site, path).body();
  }

  private String status(TestSite site, String path) {
    return CachedSite.ask(site, path).all("cache-status").getLast();
  }

  private void awaitStored(TestSite site, long keys) {
    TestSite.await("it is stored", () -> CachedSite.view(site).stored().keys() == keys);
  }

  private void purge(TestSite site) {
    PurgeOrder all = new PurgeOrder(new Purge.OfHost("shop.test"), false);
    site.edge().purgeOfFleet(List.of(all)).done().join();
  }

  @Test
  void whatALateNodeAnswersWithIsNotKeptBehindThePurge() {
    assertThat(ask(fra, "/a")).isEqualTo("v0");
    awaitStored(nyc, 1);
    awaitStored(fra, 1);
    version.set(1);
    purge(fra);
    // Nyc has not purged, and answers with what it has.
    assertThat(ask(fra, "/a")).isEqualTo("v0");
    purge(nyc);
    // An Age tells whole seconds: what was asked for just behind a purge counts as before it.
    fra.letPass(2_000);
    nyc.letPass(2_000);
    assertThat(ask(fra, "/a")).isEqualTo("v1");
    fra.edge().confirmed(Long.MAX_VALUE);
    assertThat(ask(fra, "/a")).isEqualTo("v1");
    awaitStored(fra, 1);
    assertThat(status(fra, "/a")).contains("; hit");
  }

  @Test
  void whatThePurgeIsNotAboutIsKeptAsEver() {
    PurgeOrder other = new PurgeOrder(new Purge.OfHost("other.test"), false);
    fra.edge().purgeOfFleet(List.of(other)).done().join();
    ask(fra, "/a");
    awaitStored(fra, 1);
    assertThat(status(fra, "/a")).contains("; hit");
  }

  @Test
  void aHeldCacheAnswersNothingAndHasItAgainThen() {
    ask(nyc, "/a");
    awaitStored(nyc, 1);
    assertThat(status(nyc, "/a")).contains("; hit");
    nyc.edge().holdCache(true);
    assertThat(status(nyc, "/a")).contains("fwd=uri-miss");
    nyc.edge().holdCache(false);
    assertThat(status(nyc, "/a")).contains("; hit");
  }
}
