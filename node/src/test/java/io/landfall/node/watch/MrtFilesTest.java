package io.landfall.node.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.landfall.config.WatchConfig;
import io.landfall.core.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of MRT records: whole records only, put aside in time, never in anybody's way. */
class MrtFilesTest {
  @TempDir Path folder;

  private static final long HOUR_MILLIS = 3_600_000;

  private final AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);
  private final AtomicLong monotonicNanos = new AtomicLong();
  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return monotonicNanos.get();
        }

        @Override
        public long wallMillis() {
          return wallMillis.get();
        }
      };

  private static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not seen: " + what);
      }
      // Between two looks at the condition, which alone ends the wait.
      LockSupport.parkNanos(5_000_000);
    }
  }

  private WatchConfig.Mrt config(@Nullable Path updates, @Nullable Path table, int keep) {
    return new WatchConfig.Mrt(
        Optional.ofNullable(updates), Optional.ofNullable(table), 60_000, keep);
  }

  private List<String> names() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void append(MrtFiles files, String record) {
    long before = files.counts().written();
    files.append(record.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    until(record + " is written", () -> files.counts().written() > before);
  }

  @Test
  void recordsAreAppendedAndPutAsideUnderTheTimeAtWhichTheyBegan() throws IOException {
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 2), clock)) {
      files.start();
      append(files, "one");
      append(files, "two");
      assertThat(folder.resolve("u.mrt")).hasContent("onetwo");
      for (int minute = 1; minute <= 3; minute++) {
        wallMillis.addAndGet(60_000);
        append(files, "minute" + minute);
      }
      assertThat(folder.resolve("u.mrt")).hasContent("minute3");
      assertThat(names())
          .as("the two newest, by UTC")
          .containsExactly("u.mrt", "u.mrt.20231114.221420", "u.mrt.20231114.221520");
      assertThat(folder.resolve("u.mrt.20231114.221420")).hasContent("minute1");
    }
  }

  @Test
  void aFileOfAnEarlierRunIsPutAsideAndNotAppendedTo() throws IOException {
    Files.writeString(folder.resolve("u.mrt"), "torn rec");
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 9), clock)) {
      files.start();
      append(files, "whole");
      assertThat(folder.resolve("u.mrt")).hasContent("whole");
      assertThat(names()).hasSize(2);
    }
  }

  @Test
  void otherFilesOfTheFolderAreLeftAlone() throws IOException {
    Files.writeString(folder.resolve("u.mrt.old"), "mine");
    Files.writeString(folder.resolve("u.mrt.20200101.000000.gz"), "mine");
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 1), clock)) {
      files.start();
      for (int minute = 0; minute < 4; minute++) {
        append(files, "minute" + minute);
        wallMillis.addAndGet(60_000);
      }
      assertThat(names()).contains("u.mrt.old", "u.mrt.20200101.000000.gz").hasSize(4);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenCostsRecordsUntilItCan() throws IOException {
    Path missing = folder.resolve("missing");
    try (MrtFiles files =
        new MrtFiles(config(missing.resolve("u.mrt"), missing.resolve("t.mrt"), 1), clock)) {
      files.start();
      files.append(new byte[] {1});
      until("a failure", () -> files.counts().failures() == 1);
      until("a loss", () -> files.counts().dropped() == 1);
      files.append(new byte[] {2});
      until("no attempt before its time", () -> files.counts().dropped() == 2);
      assertThat(files.counts().failures()).isEqualTo(1);
      files.table(List.of(new byte[] {3}));
      until("the table fails too", () -> files.counts().failures() == 2);

      Files.createDirectory(missing);
      monotonicNanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
      append(files, "back");
      assertThat(missing.resolve("u.mrt")).hasContent("back");
    }
  }

  @Test
  void aClockThatIsSetBackOrForwardDoesNotChangeWhenAFileIsTriedAgain() throws IOException {
    Path missing = folder.resolve("missing");
    try (MrtFiles files = new MrtFiles(config(missing.resolve("u.mrt"), null, 1), clock)) {
      files.start();
      files.append(new byte[] {1});
      until("a loss", () -> files.counts().dropped() == 1);
      wallMillis.addAndGet(HOUR_MILLIS);
      files.append(new byte[] {2});
      until("no attempt before its time", () -> files.counts().dropped() == 2);
      assertThat(files.counts().failures()).isEqualTo(1);

      Files.createDirectory(missing);
      wallMillis.addAndGet(-2 * HOUR_MILLIS);
      monotonicNanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
      append(files, "back");
      assertThat(missing.resolve("u.mrt")).hasContent("back");
    }
  }

  @Test
  void aClockThatIsSetBackCutsTheNextFileAfterAnIntervalAtMost() {
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 9), clock)) {
      files.start();
      append(files, "before");
      wallMillis.addAndGet(-HOUR_MILLIS);
      append(files, "andBack");
      assertThat(folder.resolve("u.mrt")).hasContent("beforeandBack");
      wallMillis.addAndGet(60_000);
      append(files, "next");
      assertThat(folder.resolve("u.mrt")).hasContent("next");
    }
  }

  @Test
  void aClockThatIsSetForwardCutsOneFile() {
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 9), clock)) {
      files.start();
      append(files, "before");
      wallMillis.addAndGet(HOUR_MILLIS);
      append(files, "and");
      append(files, "after");
      assertThat(folder.resolve("u.mrt")).hasContent("andafter");
      assertThat(names()).hasSize(2);
    }
  }

  @Test
  void afterTheClockWasSetBackTheNewestFilesAreKeptWhateverTheirNames() throws IOException {
    Files.writeString(folder.resolve("u.mrt.20991231.000000"), "an earlier process");
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 2), clock)) {
      files.start();
      append(files, "one");
      wallMillis.addAndGet(60_000);
      append(files, "two");
      wallMillis.addAndGet(-HOUR_MILLIS);
      append(files, "three");
      wallMillis.addAndGet(60_000);
      append(files, "four");
      wallMillis.addAndGet(60_000);
      append(files, "five");
    }
    assertThat(names()).hasSize(3).doesNotContain("u.mrt.20991231.000000");
    assertThat(names().stream().map(this::read))
        .containsExactlyInAnyOrder("twothree", "four", "five");
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFullDiskCostsRecordsAndNothingElse() {
    // Every write to it fails with "no space left on device".
    Path full = Path.of("/dev/full");
    assumeThat(full).isWritable();
    try (MrtFiles files = new MrtFiles(config(full, null, 1), clock)) {
      files.start();
      files.append(new byte[] {1, 2, 3});
      until("a failure", () -> files.counts().failures() == 1);
      until("a loss", () -> files.counts().dropped() == 1);
    }
    assertThat(full).exists();
  }

  @Test
  void aTableReplacesTheLastOneInOneStep() throws IOException {
    Path table = folder.resolve("t.mrt");
    Files.writeString(table, "old and longer");
    try (MrtFiles files = new MrtFiles(config(null, table, 1), clock)) {
      files.start();
      files.table(List.of(new byte[] {'n'}, new byte[] {'e', 'w'}));
      until("it is written", () -> files.counts().written() == 2);
      assertThat(table).hasContent("new");
      assertThat(names()).containsExactly("t.mrt");
    }
  }

  @Test
  void beyondTheBoundRecordsAreDroppedAndCounted() {
    try (MrtFiles files = new MrtFiles(config(folder.resolve("u.mrt"), null, 1), clock)) {
      // Not started, so nothing leaves the queue.
      byte[] record = new byte[1 << 20];
      for (int i = 0; i < 10; i++) {
        files.append(record);
      }
      assertThat(files.counts().dropped()).isEqualTo(2);
      assertThat(files.queuedBytes()).isEqualTo(MrtFiles.MAX_QUEUED_BYTES);
      files.start();
      until("the queue is empty", () -> files.queuedBytes() == 0);
    }
    assertThat(folder.resolve("u.mrt")).hasSize(MrtFiles.MAX_QUEUED_BYTES);
  }
}
