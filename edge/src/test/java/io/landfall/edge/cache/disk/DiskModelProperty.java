package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.edge.cache.disk.DiskThings.Got;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random stores (some of which are refused), slow ones, lookups, purges, invalidations, restarts
 * and deaths against a map: what is found is the newest that was stored, never one that was purged
 * or made invalid. A death is a copy of the folder as it is at some moment, which goes on as the
 * disk.
 */
class DiskModelProperty {
  private static final int STEPS = 800;
  private static final int KEYS = 40;
  private static final int TOO_LONG = (int) DiskThings.SEGMENT_BYTES;

  @TempDir Path root;

  /** What may be found of each key: the newest version; 0 if nothing may. */
  private final Map<Integer, Integer> newest = new TreeMap<>();

  /** The epoch of the latest purge of each key, in this run. */
  private final Map<Integer, Long> purged = new TreeMap<>();

  /** What comes bit by bit and is not over. */
  private final Map<Integer, Slow> slow = new TreeMap<>();

  private int folders;
  private int versions;
  private int found;
  private long epoch;

  private static PurgeMarks.Place place(int number) {
    return new PurgeMarks.Place("shop", "http", "shop.test", "/" + number);
  }

  /** A response that comes bit by bit; once something newer of its key came it is not stored. */
  private static final class Slow {
    private final int version;
    private final int length;
    private final DiskStream stream;
    private boolean superseded;

    private Slow(int version, int length, DiskStream stream) {
      this.version = version;
      this.length = length;
      this.stream = stream;
    }
  }

  /** Something newer came of a key, which is what may be found; 0 if nothing may. */
  private void isNewest(int number, int version) {
    newest.put(number, version);
    Slow older = slow.get(number);
    if (older != null) {
      older.superseded = true;
    }
  }

  private void store(DiskStore store, int number, Random random) {
    versions++;
    boolean refused = random.nextInt(10) == 0;
    int length = refused ? TOO_LONG : random.nextInt(70_000);
    assertThat(store.store(new Item(number, versions, length, epoch, 0))).isEqualTo(!refused);
    isNewest(number, refused ? 0 : versions);
  }

  /** Begins a slow one, or ends the one that there is. */
  private void stream(DiskStore store, int number, Random random) {
    Slow one = slow.remove(number);
    if (one == null) {
      versions++;
      int length = 1 + random.nextInt(70_000);
      DiskStream made = store.stream(new Item(number, versions, length, epoch, 0));
      assertThat(made).isNotNull();
      if (made != null) {
        slow.put(number, new Slow(versions, length, made));
      }
      return;
    }
    boolean whole = random.nextInt(3) > 0;
    if (whole) {
      byte[] body = DiskThings.body(number, one.version, one.length);
      assertThat(one.stream.write(Unpooled.wrappedBuffer(body))).isTrue();
    } else {
      one.stream.drop();
    }
    if (!one.superseded) {
      newest.put(number, whole ? one.version : 0);
    }
  }

  /** What has not come by the end has replaced what was there. */
  private void endSlow() {
    slow.forEach(
        (number, one) -> {
          if (!one.superseded) {
            newest.put(number, 0);
          }
        });
    slow.clear();
  }

  private Path die(Path from) throws IOException {
    Path to = Files.createDirectory(root.resolve("disk" + ++folders));
    try (Stream<Path> all = Files.list(from)) {
      for (Path each : all.toList()) {
        if (!each.getFileName().toString().equals(DiskFolder.LOCK)) {
          Files.copy(each, to.resolve(each.getFileName()));
        }
      }
    }
    return to;
  }

  private void check(DiskStore store, int number) {
    Optional<Got> got = DiskThings.find(store, number);
    if (got.isPresent() && !isPurged(store, number, got.get().epoch())) {
      found++;
      assertThat(got.get().version()).isEqualTo(newest.getOrDefault(number, 0));
    }
  }

  /** By what the disk knows of purges before it was opened, and the model of those since. */
  private boolean isPurged(DiskStore store, int number, long recordEpoch) {
    return store.before(place(number), List.of(), List.of(), recordEpoch) != PurgeVerdict.VALID
        || store.epoch(recordEpoch) < purged.getOrDefault(number, 0L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void whatIsFoundIsTheNewestThatMayBe(long seed) throws IOException {
    Random random = new Random(seed);
    Path folder = Files.createDirectory(root.resolve("disk"));
    DiskStore store = DiskThings.open(folder);
    try {
      for (int step = 0; step < STEPS; step++) {
        int number = random.nextInt(KEYS);
        int way = random.nextInt(100);
        if (way < 35) {
          store(store, number, random);
        } else if (way < 60) {
          stream(store, number, random);
        } else if (way < 90) {
          store.flush();
          check(store, number);
        } else if (way < 94) {
          store.forget(DiskThings.key(number));
          isNewest(number, 0);
        } else if (way < 97) {
          store.flush();
          epoch++;
          store.purged(new Purge.OfUrl("shop.test", "/" + number), false, epoch).join();
          purged.put(number, epoch);
          newest.put(number, 0);
        } else {
          store.flush();
          // So that what was forgotten is on disk: it comes a moment later.
          epoch++;
          store.purged(new Purge.OfUrl("other.test", "/"), false, epoch).join();
          if (way == 97) {
            Path copy = die(folder);
            slow.clear();
            store.close();
            folder = copy;
          } else {
            store.close();
            endSlow();
          }
          store = DiskThings.open(folder);
          epoch = 0;
          purged.clear();
        }
      }
      for (int number = 0; number < KEYS; number++) {
        check(store, number);
      }
    } finally {
      store.close();
    }
    assertThat(found).isGreaterThan(50);
  }
}
