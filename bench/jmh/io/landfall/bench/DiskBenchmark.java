package io.landfall.bench;

import io.landfall.core.Clock;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.cache.disk.DiskFound;
import io.landfall.edge.cache.disk.DiskItem;
import io.landfall.edge.cache.disk.DiskStore;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cache's disk: how long a start takes until all that lies there can be found, what the index
 * takes of the memory, and what it costs to read one response.
 */
@State(Scope.Benchmark)
public class DiskBenchmark {
  private static final int HEAD_BYTES = 300;

  /** Responses that lie there. */
  @Param({"1000000"})
  public int responses;

  /** Bytes of each body. */
  @Param({"256"})
  public int bytes;

  private Path folder;
  private DiskStore store;
  private final Random random = new Random(1);

  private static final class JvmClock implements Clock {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  }

  private record Item(byte[] key, byte[] head, byte[] body) implements DiskItem {
    @Override
    public int variant() {
      return 0;
    }

    @Override
    public long epoch() {
      return 0;
    }

    @Override
    public long bodyLength() {
      return body.length;
    }

    @Override
    public void copyTo(ByteBuffer into, long position) {
      into.put(body, (int) position, into.remaining());
    }

    @Override
    public void letGo() {}
  }

  private static byte[] key(int number) {
    return ("shop\0https\0shop.example\0/objects/" + number + ".jpg\0")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private DiskStore open() {
    long size = (1L << 30) + 2L * responses * (bytes + 600L);
    DiskStore made =
        DiskStore.open(
            new CacheSettings.Disk(folder, size),
            "bench",
            new JvmClock(),
            PooledByteBufAllocator.DEFAULT);
    while (!made.isReady()) {
      LockSupport.parkNanos(1_000_000);
    }
    return made;
  }

  /** Fills the disk. */
  @Setup(Level.Trial)
  public void fill() throws IOException {
    folder = Files.createTempDirectory("landfall-disk-bench");
    store = open();
    for (int i = 0; i < responses; i++) {
      Item item = new Item(key(i), new byte[HEAD_BYTES], new byte[bytes]);
      while (!store.store(item)) {
        LockSupport.parkNanos(100_000);
      }
    }
    while (store.view().content().responses() < responses) {
      LockSupport.parkNanos(1_000_000);
    }
    System.out.println(
        "# index: "
            + store.view().content().indexBytes()
            + " bytes for "
            + store.view().content().responses()
            + " responses");
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    store.close();
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  /** A stop and a start, until everything can be found. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public long restart() {
    store.close();
    store = open();
    return store.view().content().responses();
  }

  /** One lookup after another, each of which finds a response (in the page cache). */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public int hit() {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    boolean begun =
        store.find(
            key(random.nextInt(responses)),
            DiskStore.ANY_VARIANT,
            new DiskStore.Receiver() {
              @Override
              public void found(DiskFound found) {
                int length = found.head().length;
                found.release();
                done.complete(length);
              }

              @Override
              public void missed() {
                done.completeExceptionally(new IllegalStateException("not found"));
              }
            });
    if (!begun) {
      throw new IllegalStateException("refused");
    }
    return done.join();
  }
}
