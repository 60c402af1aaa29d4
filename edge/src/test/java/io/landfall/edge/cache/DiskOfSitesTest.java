package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.PurgeOrder;
import io.landfall.edge.RawClient;
import io.landfall.edge.server.TestSite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk under purges of the fleet, a held cache, a cold site, and slices. */
class DiskOfSitesTest {
  private static final CachePolicy POLICY = CachePolicy.DEFAULT.withSliceBytes(1000);

  @TempDir Path folder;

  private final RangedOrigin origin = new RangedOrigin(10_500);
  private final TestSite nyc = CachedSite.of("nyc", 2, POLICY);

  @AfterEach
  void closes() {
    nyc.close();
    origin.close();
  }

  private TestSite fra() {
    return CachedSite.onDisk(origin.backend, folder, POLICY, CachedSite.MEMORY_BYTES);
  }

  private static void awaitWritten(TestSite site, long responses) {
    TestSite.await("it is on disk", () -> CachedSite.disk(site).content().responses() == responses);
  }

  private static String status(TestSite site, String path, String... lines) {
    return CachedSite.ask(site, path, lines).all("cache-status").getLast();
  }

  private static String tag(RawClient.Answer answer) {
    return answer.field("etag").orElse("");
  }

  @Test
  void purgesOfTheFleetCountAfterARestart() {
    try (TestSite fra = fra()) {
      for (String path : List.of("/a", "/b", "/stays")) {
        CachedSite.ask(fra, path);
      }
      awaitWritten(fra, 3);
      List<PurgeOrder> orders =
          List.of(
              new PurgeOrder(new Purge.OfUrl("shop.test", "/a"), false),
              new PurgeOrder(new Purge.OfUrl("shop.test", "/b"), false));
      fra.edge().purgeOfFleet(orders).done().join();
    }
    origin.version = 2;
    try (TestSite fra = fra()) {
      assertThat(tag(CachedSite.ask(fra, "/a"))).isEqualTo("\"v2\"");
      assertThat(tag(CachedSite.ask(fra, "/b"))).isEqualTo("\"v2\"");
      assertThat(status(fra, "/stays")).contains("; hit; ");
    }
  }

  @Test
  void aHeldCacheAnswersWithNothingThatIsOnDiskAndHasItAgainThen() {
    try (TestSite fra = fra()) {
      CachedSite.ask(fra, "/a");
      awaitWritten(fra, 1);
    }
    try (TestSite fra = fra()) {
      fra.edge().holdCache(true);
      // Not stored anew, so that later nothing but the disk has it.
      origin.control = "no-store";
      assertThat(status(fra, "/a")).contains("fwd=uri-miss");
      assertThat(CachedSite.disk(fra).reads().found()).isZero();
      fra.edge().holdCache(false);
      assertThat(status(fra, "/a")).contains("; hit; ");
      assertThat(CachedSite.disk(fra).reads().found()).isEqualTo(1);
    }
  }

  @Test
  void whatAnotherSiteStillHasOfBeforeAPurgeIsNotWritten() {
    nyc.publish(Signal.UP, backends(origin.backend));
    CachedSite.ask(nyc, "/a");
    TestSite.await("it is stored", () -> CachedSite.view(nyc).stored().keys() == 1);
    try (TestSite fra = fra()) {
      fra.publish(Signal.COLD, backends(origin.backend), nyc.candidate(Signal.UP, 1));
      PurgeOrder order = new PurgeOrder(new Purge.OfUrl("shop.test", "/a"), false);
      fra.edge().purgeOfFleet(List.of(order)).done().join();
      origin.version = 2;
      assertThat(tag(CachedSite.ask(fra, "/a"))).isEqualTo("\"v1\"");
      // What is handed to the disk is written in order.
      fra.publish(Signal.UP, backends(origin.backend));
      CachedSite.ask(fra, "/behind");
      awaitWritten(fra, 1);
    }
    try (TestSite fra = fra()) {
      assertThat(tag(CachedSite.ask(fra, "/a"))).isEqualTo("\"v2\"");
    }
  }

  @Test
  void aPartOfWhatIsOnDiskIsReadThereAndSlicesAreInMemoryOnly() {
    try (TestSite fra = fra()) {
      CachedSite.ask(fra, "/whole");
      CachedSite.ask(fra, "/parts", "Range: bytes=0-9");
      assertThat(status(fra, "/parts", "Range: bytes=10-19")).contains("; hit; ");
      CachedSite.ask(fra, "/behind");
      awaitWritten(fra, 2);
    }
    try (TestSite fra = fra()) {
      int asked = origin.asked().size();
      RawClient.Answer part = CachedSite.ask(fra, "/whole", "Range: bytes=10-19");
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.body()).isEqualTo(RangedOrigin.text(1, 10, 20));
      assertThat(origin.asked()).hasSize(asked);
      assertThat(status(fra, "/parts", "Range: bytes=0-9")).contains("fwd=uri-miss");
    }
  }
}
