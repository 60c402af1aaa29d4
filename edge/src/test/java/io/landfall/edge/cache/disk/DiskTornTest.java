package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.edge.cache.disk.DiskThings.Got;
import io.landfall.edge.cache.disk.DiskThings.Item;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A machine that dies: pages of the segment that was written, or of the last footer, have not
 * reached the disk, and read as zeros or as what was there before.
 */
class DiskTornTest {
  private static final int KEYS = 30;

  @TempDir Path root;
  private int copies;

  /** The folder as a process or machine that dies now leaves it. */
  private Path died(Path folder) throws IOException {
    Path to = Files.createDirectory(root.resolve("copy" + copies++));
    DiskThings.copy(folder, to);
    return to;
  }

  private static Path youngest(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(each -> each.getFileName().toString().startsWith(DiskSegment.PREFIX))
          .max(
              (one, other) ->
                  Long.compare(
                      DiskSegment.sequence(one.getFileName().toString()),
                      DiskSegment.sequence(other.getFileName().toString())))
          .orElseThrow();
    }
  }

  private static void zero(Path file, long at, int bytes) throws IOException {
    try (RandomAccessFile segment = new RandomAccessFile(file.toFile(), "rw")) {
      segment.seek(at);
      segment.write(new byte[bytes]);
    }
  }

  /** Zeroes pages, or parts of them, somewhere in a file from a place on. */
  private static void tear(Path file, long from, Random random) throws IOException {
    long pages = Math.max(1, (Files.size(file) - from) / DiskThings.PAGE_BYTES);
    for (int i = random.nextInt(5); i >= 0; i--) {
      long at = from + random.nextLong(pages) * DiskThings.PAGE_BYTES;
      boolean whole = random.nextBoolean();
      int first = whole ? 0 : random.nextInt(8);
      int sectors = whole ? 8 : 1 + random.nextInt(8 - first);
      zero(file, at + 512L * first, 512 * sectors);
    }
  }

  private static void store(DiskStore store, int number, int version, int length) {
    assertThat(store.store(new Item(number, version, length))).isTrue();
    store.flush();
  }

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(Got::version);
  }

  /** Behind what was made invalid, which is taken down a moment later. */
  private static void takeDown(DiskStore store) {
    store.purged(new Purge.OfUrl("other.test", "/"), false, 1).join();
  }

  @Test
  void whatLiesBehindAHoleDoesNotComeBackOnceTheHoleIsFilled() throws IOException {
    Path folder = root.resolve("disk");
    Path died;
    try (DiskStore store = DiskThings.openUnforced(folder)) {
      for (int number = 1; number <= 5; number++) {
        store(store, number, 1, 1_000);
      }
      died = died(folder);
    }
    long record = new RecordFormat(1, 1, 1_000, 0, 0, DiskThings.key(2).length, 8).bytes();
    zero(youngest(died), DiskSegment.HEADER_BYTES + record, RecordFormat.HEADER_BYTES);
    Path diedAgain;
    try (DiskStore store = DiskThings.openUnforced(died)) {
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).isEmpty();
      store.forget(DiskThings.key(3));
      store(store, 6, 1, 1_000);
      takeDown(store);
      diedAgain = died(died);
    }
    try (DiskStore store = DiskThings.openUnforced(diedAgain)) {
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 6)).contains(1);
      assertThat(version(store, 3)).as("it was made invalid").isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void withHolesAnywhereWhatIsFoundIsRightAndWhatComesLaterToo(long seed) throws IOException {
    Random random = new Random(seed);
    Path folder = root.resolve("disk");
    Map<Integer, Integer> newest = new TreeMap<>();
    int version = 0;
    Path died;
    try (DiskStore store = DiskThings.openUnforced(folder)) {
      for (int i = 0; i < 150; i++) {
        int number = random.nextInt(KEYS);
        newest.put(number, ++version);
        store(store, number, version, random.nextInt(20_000));
      }
      died = died(folder);
    }
    int before = version;
    tear(youngest(died), random.nextBoolean() ? 0 : DiskThings.PAGE_BYTES, random);
    Path diedAgain;
    try (DiskStore store = DiskThings.openUnforced(died)) {
      for (int number = 0; number < KEYS; number++) {
        // Which bytes it has is checked where it is found.
        assertThat(version(store, number).orElse(0))
            .isLessThanOrEqualTo(newest.getOrDefault(number, 0));
      }
      for (int number = 0; number < KEYS; number += 3) {
        store.forget(DiskThings.key(number));
      }
      for (int number = 1; number < KEYS; number += 3) {
        store(store, number, ++version, random.nextInt(20_000));
      }
      takeDown(store);
      diedAgain = died(died);
    }
    try (DiskStore store = DiskThings.openUnforced(diedAgain)) {
      for (int number = 0; number < KEYS; number++) {
        Optional<Integer> found = version(store, number);
        if (number % 3 == 0) {
          assertThat(found).as("%d was made invalid", number).isEmpty();
        } else if (number % 3 == 1) {
          assertThat(found.orElse(0)).as("%d was stored anew", number).isGreaterThan(before);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void withHolesInTheLastFooterAllThatIsWholeIsFound(long seed) throws IOException {
    Random random = new Random(seed);
    Path folder = root.resolve("disk");
    try (DiskStore store = DiskThings.openUnforced(folder)) {
      for (int number = 0; number < KEYS; number++) {
        store(store, number, 1, 20_000);
      }
    }
    Path segment = youngest(folder);
    tear(segment, DiskThings.SEGMENT_BYTES - DiskThings.PAGE_BYTES, random);
    try (DiskStore store = DiskThings.openUnforced(folder)) {
      for (int number = 0; number < KEYS; number++) {
        assertThat(version(store, number)).contains(1);
      }
    }
  }
}
