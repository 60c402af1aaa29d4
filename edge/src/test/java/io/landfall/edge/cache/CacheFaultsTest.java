package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.core.Signal;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheDiskView.State;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.cache.disk.FaultyDisk;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A site under load whose disk becomes full, goes away, hangs, or that is purged all the time: no
 * request fails for it, none gets a wrong byte, and the disk's state is told.
 */
class CacheFaultsTest {
  private static final int CLIENTS = 8;
  private static final int REQUESTS = 1_500;

  /** A fault begins with this request, and ends with that one. */
  private static final int BEGINS = 500;

  private static final int ENDS = 1_000;

  /** More than the memory has room for, so most answers come from the disk. */
  private static final int OBJECTS = 200;

  private static final int BODY_BYTES = 30_000;
  private static final long MEMORY_BYTES = 2 << 20;
  private static final long DISK_BYTES = 128L << 20;

  /** Longer than a disk is left alone after a failure of any kind. */
  private static final long AFTER_A_FAULT_MILLIS = 12_000;

  @TempDir Path folder;
  private final LoadOrigin origin = new LoadOrigin();
  private FaultyDisk disk = new FaultyDisk(Path.of("unused"));
  private TestSite fra = new TestSite("unused", 9);

  @BeforeEach
  void starts() {
    fra.close();
    disk = new FaultyDisk(folder);
    fra = TestSite.caching("fra", 1, this::cache);
    fra.publish(Signal.UP, backends(origin.backend));
    TestSite.await("the disk works", () -> disk().state() == State.WORKING);
  }

  private EdgeCache cache(EdgeSettings settings, Clock clock) {
    return new EdgeCache(
        CacheSettings.of(MEMORY_BYTES, Map.of(TestSite.SHOP, CachePolicy.DEFAULT)),
        settings.cdnId(),
        new SipHash(1, 2),
        clock,
        PooledByteBufAllocator.DEFAULT,
        disk.open(DISK_BYTES, clock));
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  private CacheDiskView disk() {
    return fra.edge().cache().disks().getFirst();
  }

  /** Some are asked for again and again, and some are new: the disk is read and written. */
  private static String path(int request) {
    int number = request % 3 == 0 ? OBJECTS + request : (request * 31) % OBJECTS;
    return "/" + number + "/" + BODY_BYTES;
  }

  /** Runs the load, with a fault in the middle of it, and asserts that no request failed. */
  private CacheLoad run(Runnable begins, Runnable ends) {
    CacheLoad load = new CacheLoad(fra);
    IntConsumer before =
        n -> {
          if (n == BEGINS) {
            begins.run();
          } else if (n == ENDS) {
            ends.run();
          }
        };
    load.run(CLIENTS, REQUESTS, CacheFaultsTest::path, before);
    assertThat(load.failures()).isEmpty();
    assertThat(load.answered()).isEqualTo(REQUESTS);
    assertThat(load.hits()).isPositive();
    assertThat(fra.edge().cache().usedBytes()).isLessThanOrEqualTo(MEMORY_BYTES);
    return load;
  }

  /** The fault is over: the disk is written to and read again. */
  private void assertWorksAgain() {
    fra.letPass(AFTER_A_FAULT_MILLIS);
    long stored = disk().writes().stored();
    CacheLoad load = new CacheLoad(fra);
    TestSite.await(
        "it works again",
        () -> {
          int first = load.answered();
          load.run(1, 20, n -> "/again" + (first + n) + "/" + BODY_BYTES, n -> {});
          return disk().state() == State.WORKING && disk().writes().stored() > stored;
        });
    assertThat(disk().why()).isEmpty();
    assertThat(load.failures()).isEmpty();
  }

  private void awaitState(State state, String why) {
    TestSite.await(
        "the disk is " + state + ": " + why,
        () -> disk().state() == state && disk().why().contains(why));
  }

  @Test
  void aDiskThatIsFullCostsNoRequest() {
    run(
        () -> disk.files.roomBytes.set(100_000),
        () -> {
          awaitState(State.NOT_WRITABLE, "No space left on device");
          disk.files.roomBytes.set(Long.MAX_VALUE);
        });
    assertThat(disk().reads().damaged()).isZero();
    assertThat(disk().writes().refused()).isPositive();
    assertThat(disk().errors()).isPositive();
    assertWorksAgain();
  }

  @Test
  void aDiskThatIsGoneCostsNoRequest() {
    run(
        () -> {
          disk.files.readsFail = true;
          disk.files.writesFail = true;
          disk.files.namesFail = true;
        },
        () -> {
          awaitState(State.NOT_WRITABLE, "No space left on device");
          disk.files.namesFail = false;
          disk.files.writesFail = false;
          disk.files.readsFail = false;
        });
    assertThat(disk().errors()).isGreaterThan(1);
    assertWorksAgain();
  }

  @Test
  void aFolderThatIsRemovedCostsNoRequest() {
    run(this::removeFolder, () -> {});
    assertThat(Files.notExists(folder)).isTrue();
  }

  private void removeFolder() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.toList()) {
        boolean _ = Files.deleteIfExists(each);
      }
      boolean _ = Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDiskThatHangsCostsNoRequest() {
    CountDownLatch goesOn = new CountDownLatch(1);
    run(
        () -> {
          disk.files.readsWait = goesOn;
          disk.files.writesWait = goesOn;
        },
        () -> {
          awaitState(State.SLOW, "a read did not end in time");
          disk.files.readsWait = null;
          disk.files.writesWait = null;
          goesOn.countDown();
        });
    assertThat(disk().reads().late()).isPositive();
    assertThat(disk().reads().refused()).isPositive();
    assertWorksAgain();
  }

  @Test
  void aStormOfPurgesOfAllKindsLetsNothingOlderThrough() {
    CacheLoad load = new CacheLoad(fra);
    Thread purger = Thread.ofPlatform().start(() -> purgeAll(load));
    int requests = 0;
    while (purger.isAlive() || requests < REQUESTS) {
      load.run(CLIENTS, 400, n -> "/" + (n * 31) % OBJECTS + "/" + BODY_BYTES, n -> {});
      requests += 400;
    }
    // What each purge left, the last one of each object too.
    load.run(CLIENTS, OBJECTS, n -> "/" + n + "/" + BODY_BYTES, n -> {});
    assertThat(load.failures()).isEmpty();
    assertThat(load.answered()).isEqualTo(requests + OBJECTS);
    assertThat(purged).hasValue(PURGES);
    assertThat(disk().state()).isEqualTo(State.WORKING);
    assertThat(disk().why()).isEmpty();
    assertThat(fra.edge().cache().usedBytes()).isLessThanOrEqualTo(MEMORY_BYTES);
  }

  private static final int PURGES = 10_000;

  /** Purges that may be under way at once. */
  private static final int AT_ONCE = 250;

  /** Requests behind so many purges. */
  private static final int BETWEEN = 60;

  private final AtomicInteger purged = new AtomicInteger();

  private void purgeAll(CacheLoad load) {
    List<CompletableFuture<Void>> under = new ArrayList<>();
    for (int i = 0; i < PURGES; i++) {
      under.add(purge(load, i));
      if (under.size() == AT_ONCE || i == PURGES - 1) {
        under.forEach(CompletableFuture::join);
        int _ = purged.addAndGet(under.size());
        under.clear();
        // Between them much is stored anew, else there is nothing to purge.
        int until = Math.min(load.answered() + BETWEEN, REQUESTS);
        TestSite.await(
            "requests between purges",
            () -> load.answered() >= until || !load.failures().isEmpty());
      }
    }
  }

  /** Of each kind, hard and soft; what takes more than one object in its turn, and not often. */
  private CompletableFuture<Void> purge(CacheLoad load, int number) {
    int object = (number * 7) % OBJECTS;
    String path = "/" + object + "/" + BODY_BYTES;
    boolean soft = number % 3 == 0;
    int version = origin.version.incrementAndGet();
    boolean wide = number % 1_000 == 0;
    Purge purge =
        switch (wide ? number / 1_000 % 5 : 5 + number % 3) {
          case 0 -> new Purge.Everything();
          case 1 -> new Purge.OfService("shop");
          case 2 -> new Purge.OfHost("shop.test");
          case 3 -> new Purge.OfTag("shop", "all");
          case 4 -> new Purge.OfPrefix("shop.test", "/");
          case 5 -> new Purge.OfUrl("shop.test", path);
          case 6 -> new Purge.OfTag("shop", path);
          default -> new Purge.OfPrefix("shop.test", "/" + object);
        };
    return fra.edge().purge(purge, soft).thenRun(() -> load.purged(wide ? "" : path, version));
  }
}
