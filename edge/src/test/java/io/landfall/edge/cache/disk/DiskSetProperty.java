package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskThings.Got;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random stores, lookups, purges, invalidations, faults of one disk, restarts and deaths with other
 * disks than before, against a map: what is found is the newest that was stored, never one that was
 * purged or made invalid. A disk that was left out comes back with a token that it does not have,
 * as the log of purges gives it.
 */
class DiskSetProperty {
  private static final int STEPS = 1_200;
  private static final int KEYS = 40;
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path root;

  /** What may be found of each key: the newest version; 0 if nothing may. */
  private final Map<Integer, Integer> newest = new TreeMap<>();

  /** The epoch of the latest purge of each key, in this run. */
  private final Map<Integer, Long> purged = new TreeMap<>();

  private final Map<String, Path> folders = new TreeMap<>();
  private final Map<String, Long> tokens = new TreeMap<>();
  private final List<FaultyFiles> files = new ArrayList<>();
  private DiskSet disks = new DiskSet(List.of(), SystemClock.INSTANCE);
  private int runs;
  private long run;
  private int versions;
  private int found;
  private int foundElsewhere;
  private long epoch;

  private void open(Random random) {
    runs++;
    long before = run;
    run = PurgeLogToken.next(before, random.nextLong());
    epoch = 0;
    purged.clear();
    files.clear();
    List<DiskStore> made = new ArrayList<>();
    for (String name : NAMES) {
      if (!name.equals("a") && random.nextInt(3) == 0) {
        tokens.remove(name);
        continue;
      }
      long token = tokens.computeIfAbsent(name, key -> random.nextLong());
      Path folder = folders.computeIfAbsent(name, root::resolve);
      FaultyFiles its = new FaultyFiles(new FolderFiles(folder, "test"));
      // The machine goes on, whatever becomes of a process.
      its.forces = false;
      files.add(its);
      made.add(DiskThings.named(name, its, new PurgeLogToken(token, run, before)));
    }
    disks = DiskThings.set(made.toArray(DiskStore[]::new));
  }

  private void settle() {
    disks.flush();
    // Behind what was forgotten, which is taken down a moment later.
    purge("other.test", 0);
  }

  private void purge(String host, int number) {
    epoch++;
    CompletableFuture.allOf(
            disks
                .purged(new Purge.OfUrl(host, "/" + number), false, epoch)
                .toArray(CompletableFuture[]::new))
        .join();
  }

  private void store(int number, Random random) {
    versions++;
    Item item = new Item(number, versions, random.nextInt(70_000), epoch, 0);
    boolean taken;
    if (random.nextInt(3) == 0) {
      DiskStream stream = disks.stream(item);
      taken =
          stream != null
              && stream.write(
                  Unpooled.wrappedBuffer(DiskThings.body(number, versions, item.length())));
    } else {
      taken = disks.store(item);
    }
    newest.put(number, taken ? versions : 0);
  }

  private void check(int number) {
    byte[] key = DiskThings.key(number);
    DiskStore from = disks.with(key);
    Optional<Got> got = from == null ? Optional.empty() : DiskThings.find(from, number);
    if (from != null && got.isPresent() && !isPurged(from, number, got.get().epoch())) {
      found++;
      foundElsewhere += from.equals(disks.home(key)) ? 0 : 1;
      assertThat(got.get().version()).isEqualTo(newest.getOrDefault(number, 0));
    }
  }

  private boolean isPurged(DiskStore from, int number, long recordEpoch) {
    PurgeMarks.Place place = new PurgeMarks.Place("shop", "http", "shop.test", "/" + number);
    return from.before(place, List.of(), List.of(), recordEpoch) != PurgeVerdict.VALID
        || from.epoch(recordEpoch) < purged.getOrDefault(number, 0L);
  }

  /** Goes on with copies of all folders as they are now. */
  private void die() throws IOException {
    Map<String, Path> copies = new TreeMap<>();
    for (Map.Entry<String, Path> each : folders.entrySet()) {
      Path to = Files.createDirectory(root.resolve(each.getKey() + runs));
      DiskThings.copy(each.getValue(), to);
      copies.put(each.getKey(), to);
    }
    disks.close();
    folders.putAll(copies);
  }

  private void step(Random random) throws IOException {
    int number = random.nextInt(KEYS);
    int way = random.nextInt(100);
    if (way < 45) {
      store(number, random);
    } else if (way < 85) {
      disks.flush();
      check(number);
    } else if (way < 90) {
      disks.forget(DiskThings.key(number));
      newest.put(number, 0);
    } else if (way < 94) {
      settle();
      purge("shop.test", number);
      purged.put(number, epoch);
      newest.put(number, 0);
    } else if (way < 95) {
      FaultyFiles one = files.getLast();
      one.writesFail = !one.writesFail;
    } else {
      settle();
      if (way < 97) {
        die();
      } else {
        disks.close();
      }
      open(random);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsFoundIsTheNewestThatMayBe(long seed) throws IOException {
    Random random = new Random(seed);
    open(random);
    try {
      for (int i = 0; i < STEPS; i++) {
        step(random);
      }
      for (int number = 0; number < KEYS; number++) {
        check(number);
      }
    } finally {
      disks.close();
    }
    assertThat(found).isGreaterThan(50);
    assertThat(foundElsewhere).isPositive();
  }
}
