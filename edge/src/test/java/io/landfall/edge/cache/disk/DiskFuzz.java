package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.edge.cache.disk.DiskThings.Item;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Flipped, torn and foreign bytes in every file of a disk: what is found is what was stored, or it
 * is a miss, and a damaged journal of purges drops all.
 */
class DiskFuzz {
  private static final int THINGS = 60;

  @TempDir Path folder;

  private void fill(Random random) {
    try (DiskStore store = DiskThings.openUnforced(folder)) {
      for (int i = 0; i < THINGS; i++) {
        assertThat(store.store(new Item(i, 1, random.nextInt(90_000)))).isTrue();
        store.flush();
      }
      CompletableFuture<?>[] purges = new CompletableFuture<?>[50];
      for (int i = 0; i < purges.length; i++) {
        purges[i] = store.purged(new Purge.OfUrl("other.test", "/" + i), false, i + 1L);
      }
      CompletableFuture.allOf(purges).join();
    }
  }

  /** How many are found; finding something else is an error. */
  private int found() {
    int found = 0;
    try (DiskStore store = DiskThings.openUnforced(folder)) {
      for (int i = 0; i < THINGS; i++) {
        found += DiskThings.find(store, i).isPresent() ? 1 : 0;
      }
      assertThat(store.store(new Item(THINGS, 1, 100))).isTrue();
      store.flush();
      assertThat(DiskThings.find(store, THINGS)).isPresent();
    }
    return found;
  }

  private List<Path> files(String prefix) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(each -> each.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  private static void damage(Path file, Random random, long from, long to) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      long at = from + (long) (random.nextDouble() * (to - from));
      switch (random.nextInt(4)) {
        case 0 -> {
          open.seek(at);
          int before = open.read();
          open.seek(at);
          open.write(before ^ (1 << random.nextInt(8)));
        }
        case 1 -> open.setLength(at);
        case 2 -> {
          byte[] zeros = new byte[(int) Math.min(4096, Math.max(1, to - at))];
          open.seek(at);
          open.write(zeros);
        }
        default -> {
          byte[] other = new byte[(int) Math.min(512, Math.max(1, to - at))];
          random.nextBytes(other);
          open.seek(at);
          open.write(other);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damagedSegmentsGiveNoWrongByte(long seed) throws IOException {
    Random random = new Random(seed);
    fill(random);
    for (Path each : files(DiskSegment.PREFIX)) {
      for (int i = 0; i < 3; i++) {
        damage(each, random, 0, DiskThings.SEGMENT_BYTES);
      }
    }
    assertThat(found()).isBetween(0, THINGS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damagedFootersCostNoMoreThanALookThroughTheSegment(long seed) throws IOException {
    Random random = new Random(seed);
    fill(random);
    for (Path each : files(DiskSegment.PREFIX)) {
      long footer = DiskThings.SEGMENT_BYTES - DiskSegment.FOOTER_BYTES;
      try (RandomAccessFile open = new RandomAccessFile(each.toFile(), "rw")) {
        long at = footer + random.nextInt(40);
        open.seek(at);
        int before = open.read();
        open.seek(at);
        open.write(before ^ (1 << random.nextInt(8)));
      }
    }
    assertThat(found()).isEqualTo(THINGS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aDamagedJournalDropsAll(long seed) throws IOException {
    Random random = new Random(seed);
    fill(random);
    Path journal = folder.resolve(PurgeJournal.NAME);
    try (RandomAccessFile open = new RandomAccessFile(journal.toFile(), "rw")) {
      // One of the entries that are there, or something behind them.
      long at = 512 + (long) random.nextInt(40) * JournalEntry.BYTES + random.nextInt(32);
      if (seed % 4 == 0) {
        open.setLength(open.length() - 1);
      } else {
        at = seed % 4 == 1 ? open.length() - 1 - random.nextInt(1_000) : at;
        open.seek(at);
        int before = open.read();
        open.seek(at);
        open.write(before ^ (1 << random.nextInt(8)));
      }
    }
    assertThat(found()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aDamagedIdentityDropsAll(long seed) throws IOException {
    Random random = new Random(seed);
    fill(random);
    Path identity = folder.resolve(DiskFolder.IDENTITY);
    byte[] bytes = Files.readAllBytes(identity);
    bytes[random.nextInt(28)] ^= (byte) (1 << random.nextInt(8));
    Files.write(identity, bytes);
    assertThat(found()).isZero();
  }
}
