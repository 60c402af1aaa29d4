package io.landfall.edge.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.SipHash;
import io.landfall.cache.StoredMeta;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.SystemClock;
import io.landfall.edge.http.FieldLines;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stays in memory, and how much of it. */
class MemoryTierTest {
  private static final int OBJECT_BYTES = 4096;
  private static final long SHARE_BYTES = 4 << 20;

  private final MemoryBudget all = new MemoryBudget(6 << 20);
  private final MemoryTier tier = new MemoryTier(new MemoryBudget(SHARE_BYTES), all);
  private final MemoryTier other = new MemoryTier(new MemoryBudget(SHARE_BYTES), all);

  @AfterEach
  void nothingIsLeft() {
    tier.clear();
    other.clear();
    assertThat(all.usedBytes()).isZero();
  }

  /** Stores, if there is room. */
  private static boolean store(MemoryTier in, String path) {
    StoredResponse made = StoredThings.response(in, OBJECT_BYTES);
    if (made == null) {
      return false;
    }
    in.put(StoredThings.key(path), new FieldLines(), made);
    made.release();
    return true;
  }

  @Test
  void tagsCountAsWhatTheyTakeOfTheHeap() {
    FieldLines fields = new FieldLines();
    StoredMeta none = StoredThings.meta(fields);
    fields.add(AsciiString.of("surrogate-key"), AsciiString.of("a b c"));
    StoredMeta tagged = StoredThings.meta(fields);
    assertThat(tagged.tags()).hasSize(3);
    assertThat(StoredResponse.bytes(fields, 0, 3, tagged))
        .isGreaterThanOrEqualTo(StoredResponse.bytes(fields, 0, 3, none) + 3 * 56);
  }

  @Test
  void whatIsStoredIsFoundAndWhatIsReplacedIsFreed() {
    assertThat(store(tier, "/a")).isTrue();
    long used = tier.usedBytes();
    for (int i = 0; i < 100; i++) {
      assertThat(store(tier, "/a")).isTrue();
    }
    assertThat(tier.usedBytes()).isEqualTo(used);
    assertThat(tier.get(StoredThings.key("/a"))).isNotNull();
    assertThat(tier.get(StoredThings.key("/b"))).isNull();
    tier.drop(StoredThings.key("/a"));
    assertThat(tier.usedBytes()).isZero();
  }

  @Test
  void theBoundHoldsWhateverIsStored() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(store(i % 2 == 0 ? tier : other, "/" + i)).isTrue();
      assertThat(tier.usedBytes()).isLessThanOrEqualTo(SHARE_BYTES);
      assertThat(all.usedBytes()).isLessThanOrEqualTo(all.mostBytes());
      if (all.mostBytes() - all.usedBytes() < 64_000) {
        break;
      }
    }
  }

  @Test
  void whatIsStillSentCountsThoughItWasThrownOut() {
    StoredResponse sent = requireNonNull(StoredThings.response(tier, OBJECT_BYTES));
    tier.put(StoredThings.key("/a"), new FieldLines(), sent);
    tier.drop(StoredThings.key("/a"));
    assertThat(tier.usedBytes()).isPositive();
    sent.release();
    assertThat(tier.usedBytes()).isZero();
  }

  @Test
  void aFloodOfKeysThatAreAskedForOnceDoesNotThrowOutWhatIsInUse() {
    int hot = 100;
    Random random = new Random(3);
    int misses = 0;
    for (int i = 0; i < 20_000; i++) {
      assertThat(store(tier, "/flood/" + i)).isTrue();
      String path = "/hot/" + random.nextInt(hot);
      if (tier.get(StoredThings.key(path)) == null) {
        assertThat(store(tier, path)).isTrue();
        // It takes a while to know what is hot.
        misses += i > 10_000 ? 1 : 0;
      }
    }
    assertThat(misses).isLessThan(500);
    assertThat(tier.evictions()).isGreaterThan(15_000);
  }

  @Test
  void oneServiceTakesNoMoreThanItsShare() {
    for (int i = 0; i < 5_000; i++) {
      store(tier, "/" + i);
    }
    assertThat(tier.usedBytes()).isLessThanOrEqualTo(SHARE_BYTES);
    assertThat(store(other, "/mine")).isTrue();
    assertThat(other.get(StoredThings.key("/mine"))).isNotNull();
  }

  @Test
  void servicesThatMayEachTakeAllLeaveEachOtherRoom() {
    ServiceName shop = new ServiceName("shop");
    ServiceName blog = new ServiceName("blog");
    try (EdgeCache cache =
        new EdgeCache(
            CacheSettings.of(
                SHARE_BYTES, Map.of(shop, CachePolicy.DEFAULT, blog, CachePolicy.DEFAULT)),
            "fra",
            new SipHash(1, 2),
            SystemClock.INSTANCE,
            PooledByteBufAllocator.DEFAULT)) {
      for (ServiceName each : List.of(shop, blog)) {
        MemoryTier in = requireNonNull(cache.of(each)).tier();
        for (int i = 0; i < 5_000; i++) {
          assertThat(store(in, "/" + i)).isTrue();
        }
        assertThat(in.keys()).isGreaterThan(100);
      }
    }
  }

  @Test
  void whatClientsAreBeingSentFromDiskLeavesRoomForWhatIsFetched() {
    long held = 0;
    while (tier.tryTakeToSend(64 << 10)) {
      held += 64 << 10;
    }
    assertThat(held).isBetween(1L, DiskCursor.MEMORY_BYTES);
    assertThat(tier.tryTake(OBJECT_BYTES)).isTrue();
    tier.give(OBJECT_BYTES);
    for (long each = 0; each < held; each += 64 << 10) {
      tier.giveSent(64 << 10);
    }
    assertThat(tier.tryTakeToSend(64 << 10)).isTrue();
    tier.giveSent(64 << 10);
  }
}
