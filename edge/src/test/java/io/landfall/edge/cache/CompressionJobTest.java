package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Coding;
import io.landfall.cache.SipHash;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.SystemClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A variant for which there is no memory costs nothing, and is tried again. */
class CompressionJobTest {
  private static final StoredKey KEY = StoredThings.key("/a");
  private static final int LENGTH = 1 << 20;

  private volatile boolean noMemory;
  private final EdgeCache cache =
      new EdgeCache(
          CacheSettings.of(ByHand.MEMORY_BYTES, Map.of(ByHand.SHOP, CodedSite.policy())),
          "fra.cdn.test",
          new SipHash(1, 2),
          SystemClock.INSTANCE,
          new Scarce());
  private final ServiceCache service = Objects.requireNonNull(cache.of(ByHand.SHOP));
  private final StoredResponse stored =
      Objects.requireNonNull(StoredThings.response(service.tier(), LENGTH));
  private final CodedBodies variants = stored.body().codings();
  private long takenBytes;

  /** Gives no memory while a test says so. */
  private final class Scarce extends PooledByteBufAllocator {
    Scarce() {
      super(true);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      if (noMemory) {
        throw new OutOfMemoryError("as the test asks");
      }
      return super.newDirectBuffer(initialCapacity, maxCapacity);
    }
  }

  @BeforeEach
  void looksAtTheRoom() {
    takenBytes = service.tier().usedBytes();
    assertThat(takenBytes).isGreaterThanOrEqualTo(LENGTH);
  }

  @AfterEach
  void closes() {
    stored.release();
    assertThat(service.tier().usedBytes()).as("all holders have let go").isZero();
    cache.close();
  }

  private CompressionJob job() {
    assertThat(variants.begin(Coding.GZIP, cache.nowMillis())).isTrue();
    stored.retain();
    return new CompressionJob(cache, service, KEY, stored, Coding.GZIP);
  }

  /** Whether one who asks so much later makes it; it is then as if none had. */
  private boolean isTriedAgainIn(long millis) {
    boolean begins = variants.begin(Coding.GZIP, cache.nowMillis() + millis);
    if (begins) {
      variants.notMade(Coding.GZIP, 0);
    }
    return begins;
  }

  @Test
  void whereThereIsNoMemoryTheRoomIsGivenBackAndItIsTriedAgainLater() {
    noMemory = true;
    job().run();
    noMemory = false;
    assertThat(service.tier().usedBytes()).isEqualTo(takenBytes);
    assertThat(variants.made(Coding.GZIP)).isNull();
    assertThat(isTriedAgainIn(0)).isFalse();
    assertThat(isTriedAgainIn(Compressor.AGAIN_MILLIS + 1)).isTrue();
    job().run();
    assertThat(variants.made(Coding.GZIP)).isNotNull();
  }

  @Test
  void whatWasDroppedDoesNotRun() {
    CompressionJob job = job();
    job.drop(cache.nowMillis());
    job.run();
    job.drop(cache.nowMillis());
    assertThat(variants.made(Coding.GZIP)).isNull();
    assertThat(service.tier().usedBytes()).isEqualTo(takenBytes);
  }

  @Test
  void whereNoThreadCanBeMadeTheRequestGoesOnAndItIsTriedAgainLater() {
    try (Compressor compressor =
        new Compressor(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            })) {
      compressor.make(service, KEY, stored, Coding.GZIP, cache);
      assertThat(isTriedAgainIn(0)).isFalse();
      assertThat(isTriedAgainIn(Compressor.AGAIN_MILLIS + 1)).isTrue();
    }
  }
}
