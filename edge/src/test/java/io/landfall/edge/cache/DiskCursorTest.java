package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.StoredAnswer.Part;
import io.landfall.edge.cache.disk.CountingDisk;
import io.landfall.edge.cache.disk.DiskSet;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A body that is read from disk while it is sent. */
class DiskCursorTest {
  private static final long MEMORY_BYTES = 64 << 20;
  private static final int LENGTH = 3_000_000;
  private static final int READ_BYTES = 256 * 1024;
  private static final FieldLines NO_FIELDS = new FieldLines();
  private static final StoredKey KEY = StoredThings.key("/long");

  @TempDir Path folder;

  private final MemoryBudget budget = new MemoryBudget(MEMORY_BYTES);
  private final MemoryTier memory = new MemoryTier(budget, new MemoryBudget(MEMORY_BYTES));
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private @Nullable CountingDisk disk;
  private @Nullable BodyCursor cursor;

  private static final class Still implements Clock {
    @Override
    public long monotonicNanos() {
      return 0;
    }

    @Override
    public long wallMillis() {
      return 0;
    }
  }

  @BeforeEach
  void opensTheDisk() {
    disk = new CountingDisk(folder);
  }

  @AfterEach
  void closes() {
    loop.shutdown();
    if (disk != null) {
      disk.close();
    }
  }

  private StoredResponse onDisk(CountingDisk on) {
    EdgeCache cache =
        new EdgeCache(
            CacheSettings.of(MEMORY_BYTES, Map.of()),
            "fra.cdn.test",
            new SipHash(1, 2),
            new Still(),
            PooledByteBufAllocator.DEFAULT);
    DiskTier tier =
        new DiskTier(
            cache,
            TestSite.SHOP,
            CachePolicy.DEFAULT,
            memory,
            new DiskSet(List.of(on.store()), SystemClock.INSTANCE));
    StoredResponse response = StoredThings.response(memory, LENGTH);
    if (response == null) {
      throw new AssertionError("no room");
    }
    tier.store(KEY, NO_FIELDS, response, null);
    response.release();
    TestSite.await("it is on disk", () -> tier.mayHave(KEY));
    TestSite.await("it is let go of", () -> memory.usedBytes() == 0);
    CompletableFuture<@Nullable OnDisk> done = new CompletableFuture<>();
    tier.ask(KEY, done::complete);
    OnDisk found = done.join();
    if (found == null) {
      throw new AssertionError("not found");
    }
    return found.response();
  }

  /** Sends all of these parts, as fast as they come. */
  private byte[] send(StoredResponse response, List<Part> parts) {
    CompletableFuture<byte[]> sent = new CompletableFuture<>();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    long length = parts.stream().mapToLong(each -> each.to() - each.from()).sum();
    Runnable advance =
        () -> {
          BodyCursor from = cursor;
          while (from != null && from.hasMore()) {
            ByteBuf piece = from.next();
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            piece.release();
            all.writeBytes(bytes);
          }
          if (all.size() >= length) {
            sent.complete(all.toByteArray());
          }
        };
    Runnable broken = () -> sent.completeExceptionally(new AssertionError("it broke off"));
    loop.execute(
        () -> {
          cursor =
              DiskCursor.over(response.body(), parts, new DiskCursor.Sender(loop, advance, broken));
          advance.run();
        });
    byte[] bytes = sent.join();
    loop.execute(
        () -> {
          if (cursor != null) {
            cursor.close();
          }
        });
    return bytes;
  }

  @Test
  void eachPartOfABodyIsReadOnce() {
    CountingDisk on = disk;
    if (on == null) {
      throw new AssertionError("not open");
    }
    StoredResponse response = onDisk(on);
    long before = on.reads();
    assertThat(send(response, List.of(Part.of(0, LENGTH))))
        .isEqualTo(StoredThings.bytes(0, LENGTH));
    assertThat(on.reads() - before).isEqualTo((LENGTH + READ_BYTES - 1) / READ_BYTES);
    byte[] whole = StoredThings.bytes(0, LENGTH);
    byte[] parts = send(response, List.of(Part.of(10, 20), Part.of(700_000, 1_500_000)));
    assertThat(Arrays.copyOf(parts, 10)).isEqualTo(Arrays.copyOfRange(whole, 10, 20));
    assertThat(Arrays.copyOfRange(parts, 10, parts.length))
        .isEqualTo(Arrays.copyOfRange(whole, 700_000, 1_500_000));
    response.release();
    TestSite.await("it is let go of", () -> memory.usedBytes() == 0);
  }
}
