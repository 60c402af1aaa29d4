package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.server.TestSite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One object that is larger than the memory and than a segment of the disk, asked for by many at
 * once: it passes through, in the memory that there is, and what else is stored goes on being used.
 */
class HugeObjectTest {
  private static final long MEMORY_BYTES = 4 << 20;
  private static final int CLIENTS = 12;
  private static final int REQUESTS = 24;
  private static final String SMALL = "/small/1000";

  @TempDir Path folder;
  private final LoadOrigin origin = new LoadOrigin();
  private TestSite fra = new TestSite("unused", 9);

  @BeforeEach
  void starts() {
    fra.close();
    CacheSettings cache =
        CacheSettings.of(MEMORY_BYTES, Map.of(TestSite.SHOP, CachePolicy.DEFAULT))
            .with(List.of(new CacheSettings.Disk(folder, 128L << 20)));
    fra = new TestSite("fra", 1, settings -> settings.with(cache));
    fra.publish(Signal.UP, backends(origin.backend));
    TestSite.await("the disk works", () -> disk().state() == CacheDiskView.State.WORKING);
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  private CacheDiskView disk() {
    return fra.edge().cache().disks().getFirst();
  }

  /** Many ask for it, and in between for a small one; all that the origin was asked for it. */
  private long ask(String path) {
    CacheLoad load = new CacheLoad(fra);
    load.run(1, 1, n -> SMALL, n -> {});
    load.run(
        CLIENTS,
        2 * REQUESTS,
        n -> n % 2 == 0 ? path : SMALL,
        n ->
            assertThat(fra.edge().cache().usedBytes())
                .as("memory in use")
                .isLessThanOrEqualTo(MEMORY_BYTES));
    assertThat(load.failures()).isEmpty();
    assertThat(load.answered()).isEqualTo(1 + 2 * REQUESTS);
    assertThat(load.hits()).as("the small one").isGreaterThanOrEqualTo(REQUESTS);
    TestSite.await("no memory is held", () -> fra.edge().cache().usedBytes() < 100_000);
    assertThat(disk().state()).isEqualTo(CacheDiskView.State.WORKING);
    assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
    return origin.backend.received.stream().filter(each -> each.line().contains(path)).count();
  }

  @Test
  void withALengthItIsAskedForOnceForEachRequestAtMost() {
    assertThat(ask("/huge/12000000")).isLessThanOrEqualTo(REQUESTS + 1);
  }

  @Test
  void withoutALengthTooAndTheFirstOnesShareAFetch() {
    assertThat(ask("/chunked/12000000")).isLessThanOrEqualTo(REQUESTS + 1);
  }
}
