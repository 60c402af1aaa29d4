package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Coding;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.StoredView;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see of a URL: where it lies, and in which codings. */
class StoredLookTest {
  @TempDir Path folder;

  private static List<StoredView> look(TestSite site, String path) {
    return site.edge()
        .stored(TestSite.SHOP, List.of(new StoredView.Of("http", "shop.test", path)))
        .join();
  }

  private TestSite withDisk(TestBackend origin) {
    return CachedSite.onDisk(origin, folder, CodedSite.policy(), CachedSite.MEMORY_BYTES);
  }

  @Test
  void whatIsInMemoryIsThereInTheCodingsThatWereMade() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(look(fra, "/a")).isEmpty();
      CodedSite.make(fra, "/a", Coding.GZIP);
      RawClient.Answer coded = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip");
      long bytes = coded.field("content-length").map(Long::parseLong).orElseThrow();
      StoredView seen = look(fra, "/a").getFirst();
      assertThat(seen.bytes()).isEqualTo(CodedSite.TEXT.length());
      assertThat(seen.place())
          .isEqualTo(
              new StoredView.Place("memory", List.of(new StoredView.Variant("gzip", bytes))));
    }
  }

  @Test
  void slicesAreCounted() {
    RangedOrigin origin = new RangedOrigin(10_500);
    try (TestSite fra = CachedSite.of("fra", 1, CachePolicy.DEFAULT.withSliceBytes(1000))) {
      fra.publish(Signal.UP, backends(origin.backend));
      CachedSite.ask(fra, "/a", "Range: bytes=1003-1005");
      CachedSite.ask(fra, "/a", "Range: bytes=10400-10499");
      StoredView seen = look(fra, "/a").getFirst();
      assertThat(look(fra, "/a")).hasSize(1);
      assertThat(seen.place().tier()).isEqualTo("slices 2/11");
      assertThat(seen.bytes()).isEqualTo(1_500);
      assertThat(seen.state()).isEqualTo(StoredView.State.FRESH);
    } finally {
      origin.close();
    }
  }

  @Test
  void whatLiesOnDiskIsSeenAndItsVariantsAreMadeAnewAfterARestart() {
    try (TestBackend backend = CodedSite.text("ETag: \"v1\"")) {
      try (TestSite fra = withDisk(backend)) {
        CodedSite.make(fra, "/a", Coding.ZSTD);
        TestSite.await("it is on disk", () -> CachedSite.disk(fra).content().responses() == 1);
        assertThat(look(fra, "/a").getFirst().place().tier()).isEqualTo("memory+disk");
      }
      try (TestSite fra = withDisk(backend)) {
        assertThat(look(fra, "/b")).isEmpty();
        StoredView seen = look(fra, "/a").getFirst();
        assertThat(seen.place()).isEqualTo(new StoredView.Place("disk", List.of()));
        assertThat(seen.bytes()).isEqualTo(CodedSite.TEXT.length());
        assertThat(CachedSite.view(fra).stored().keys()).as("a look stores nothing").isZero();
        CodedSite.make(fra, "/a", Coding.ZSTD);
        RawClient.Answer coded = CachedSite.ask(fra, "/a", "Accept-Encoding: zstd");
        assertThat(CodedSite.decoded(coded)).isEqualTo(CodedSite.TEXT);
        assertThat(look(fra, "/a").getFirst().place().variants()).hasSize(1);
        assertThat(backend.received).hasSize(1);
      }
    }
  }
}
