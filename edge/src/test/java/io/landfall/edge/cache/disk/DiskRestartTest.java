package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.cache.disk.DiskThings.Got;
import io.landfall.edge.cache.disk.DiskThings.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start goes on in the segment that was written last, and takes no room for itself. */
class DiskRestartTest {
  private static final int RESTARTS = 30;

  @TempDir Path root;
  private Path folder = Path.of("unused");

  @BeforeEach
  void namesTheFolder() {
    folder = root.resolve("disk");
  }

  private static void storeOne(DiskStore store, int number, int version) {
    assertThat(store.store(new Item(number, version, 1_000))).isTrue();
    store.flush();
  }

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(Got::version);
  }

  private static List<Path> segments(Path of) throws IOException {
    try (Stream<Path> all = Files.list(of)) {
      return all.filter(each -> each.getFileName().toString().startsWith(DiskSegment.PREFIX))
          .toList();
    }
  }

  /** A copy of a folder as a process that dies now would leave it. */
  private Path die(String name) throws IOException {
    Path to = Files.createDirectory(root.resolve(name));
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.toList()) {
        if (!each.endsWith(DiskFolder.LOCK)) {
          Files.copy(each, to.resolve(each.getFileName()));
        }
      }
    }
    return to;
  }

  @Test
  void manyRestartsThatStoreAnythingTakeNothingOfWhatIsThere() throws IOException {
    for (int i = 0; i < RESTARTS; i++) {
      try (DiskStore store = DiskThings.open(folder)) {
        storeOne(store, i, 1);
      }
    }
    assertThat(segments(folder)).hasSize(1);
    try (DiskStore store = DiskThings.open(folder)) {
      for (int i = 0; i < RESTARTS; i++) {
        assertThat(version(store, i)).as("of start %d", i).contains(1);
      }
    }
  }

  @Test
  void aProcessThatDiesAfterItWentOnLeavesAllThatItHasStored() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      storeOne(store, 1, 1);
      storeOne(store, 2, 1);
    }
    Path left;
    try (DiskStore store = DiskThings.open(folder)) {
      storeOne(store, 1, 2);
      left = die("left");
    }
    try (DiskStore store = DiskThings.open(left)) {
      assertThat(version(store, 1)).contains(2);
      assertThat(version(store, 2)).contains(1);
      storeOne(store, 3, 1);
    }
    assertThat(segments(left)).hasSize(1);
    try (DiskStore store = DiskThings.open(left)) {
      assertThat(version(store, 1)).contains(2);
      assertThat(version(store, 3)).contains(1);
    }
  }

  @Test
  void aStartThatStoresNothingChangesNoSegment() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      storeOne(store, 1, 1);
    }
    byte[] before = Files.readAllBytes(segments(folder).getFirst());
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
    }
    assertThat(Files.readAllBytes(segments(folder).getFirst())).isEqualTo(before);
  }

  @Test
  void whereTheLastSegmentTakesNothingAnotherOneIsBegun() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      storeOne(store, 1, 1);
    }
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    try (DiskStore store =
        DiskThings.store(files, DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES)) {
      DiskThings.ready(store);
      files.dataWritesFail = true;
      storeOne(store, 2, 1);
      files.dataWritesFail = false;
      assertThat(version(store, 1)).contains(1);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).isEmpty();
    }
  }
}
