package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.fleet.PurgeRecord;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The file of the log while it is written: in which order, and what is done where that fails. */
class LogWriterTest {
  private static final LogRecords FORMAT = format(7, 5, 1);
  private static final long NO_RUN = 0;
  private static final PurgeRecord RECORD = PurgeLogFileTest.record(1);

  private final MemoryFiles files = new MemoryFiles();
  private final LogWriter writer = new LogWriter(files);

  /** One of a run, beside so many disks. */
  private static LogRecords format(long nonce, long run, int disks) {
    Map<Long, Long> tokens = new TreeMap<>();
    for (long i = 0; i < disks; i++) {
      tokens.put(i, 10 + i);
    }
    return new LogRecords(nonce, run, 11, tokens);
  }

  /** The file of the log as it is there. */
  private LogRecords there() throws IOException {
    return LogRecords.of(files.put("copy", files.bytes(LogWriter.NAME))).orElseThrow();
  }

  private void renewFails(LogRecords format, long before) {
    assertThatThrownBy(() -> writer.renew(format, List.of(RECORD), before))
        .isInstanceOf(IOException.class);
    assertThat(writer.isOpen()).isFalse();
  }

  @Test
  void aNewFileIsOnTheMediumBeforeItHasItsName() throws IOException {
    assertThat(writer.isOpen()).isFalse();
    assertThat(writer.isTooLong()).isFalse();
    writer.renew(FORMAT, List.of(RECORD), NO_RUN);

    int length = files.bytes(LogWriter.NAME).length;
    assertThat(files.calls())
        .containsExactly(
            "create purges.new",
            "write purges.new 0 512",
            "write purges.new 512 " + (length - 512),
            "force purges.new",
            "rename purges.new",
            "forceNames",
            "mark purges");
    assertThat(writer.isOpen()).isTrue();
    assertThat(writer.isTooLong()).isFalse();
    assertThat(there()).isEqualTo(FORMAT);
  }

  @Test
  void whatIsAddedIsOnTheMediumWhenTheCallReturns() throws IOException {
    writer.renew(FORMAT, List.of(), NO_RUN);
    files.calls();
    writer.extend(List.of(RECORD));
    int length = files.bytes(LogWriter.NAME).length;
    writer.extend(List.of(RECORD));

    assertThat(files.calls())
        .containsExactly(
            "mark purges",
            "write purges.new 512 " + (length - 512),
            "force purges.new",
            "mark purges",
            "write purges.new " + length + " " + (length - 512),
            "force purges.new");
  }

  @Test
  void aFileThatIsMadeAnewLeavesTheOneBefore() throws IOException {
    writer.renew(FORMAT, List.of(), NO_RUN);
    files.calls();
    writer.renew(FORMAT, List.of(), NO_RUN);
    assertThat(files.calls()).startsWith("close purges.new", "create purges.new");
    writer.close();
    assertThat(files.calls()).containsExactly("close purges.new");
    assertThat(writer.isOpen()).isFalse();
    writer.close();
    writer.look();
    writer.extend(List.of(RECORD));
    assertThat(files.calls()).as("nothing is open").isEmpty();
  }

  @Test
  void aFileThatIsNotAsItWasLeftIsNotAddedTo() throws IOException {
    writer.renew(FORMAT, List.of(), NO_RUN);
    writer.look();
    byte[] bytes = files.bytes(LogWriter.NAME);
    files.put(LogWriter.NAME, bytes);
    assertThatThrownBy(writer::look).hasMessageContaining("removed or replaced");
    assertThatThrownBy(() -> writer.extend(List.of(RECORD)))
        .hasMessageContaining("removed or replaced");
    assertThat(files.bytes(LogWriter.NAME)).isEqualTo(bytes);
  }

  @Test
  void aFileThatIsLostAsSoonAsItIsMadeIsClosed() {
    files.failing = List.of("mark purges");
    renewFails(FORMAT, NO_RUN);
    assertThat(Collections.frequency(files.calls(), "close purges.new")).isEqualTo(1);
  }

  @Test
  void aFileIsTooLongBehind32MiB() throws IOException {
    writer.renew(FORMAT, List.of(), NO_RUN);
    List<PurgeRecord> some = Collections.nCopies(10, LogRecordsTest.ofLength(1, 250_000));
    while (files.bytes(LogWriter.NAME).length <= 32 << 20) {
      assertThat(writer.isTooLong()).isFalse();
      writer.extend(some);
    }
    assertThat(writer.isTooLong()).isTrue();
    writer.close();
    assertThat(writer.isTooLong()).isFalse();
  }

  /** A run of that number has left a file with one record, beside so many disks. */
  private byte[] left(long run, int disks) throws IOException {
    new LogWriter(files).renew(format(3, run, disks), List.of(RECORD), NO_RUN);
    files.calls();
    return files.bytes(LogWriter.NAME);
  }

  @Test
  void whereThereIsNoRoomTheFileOfTheRunBeforeIsTakenOver() throws IOException {
    byte[] before = left(4, 2);
    files.failing = List.of("create");
    renewFails(FORMAT, 4);

    assertThat(files.calls())
        .containsExactly(
            "create purges.new",
            "open purges",
            "read purges",
            "close purges",
            "open purges",
            "write purges 0 512",
            "force purges",
            "close purges");
    assertThat(there()).isEqualTo(FORMAT.with(3));
    assertThat(files.bytes(LogWriter.NAME)).hasSameSizeAs(before);
  }

  @Test
  void aFileOfAnotherRunIsLeftAsItIs() throws IOException {
    byte[] before = left(4, 2);
    files.failing = List.of("create");
    renewFails(FORMAT, 3);
    assertThat(files.bytes(LogWriter.NAME)).isEqualTo(before);

    byte[] damaged = new byte[600];
    files.put(LogWriter.NAME, damaged);
    renewFails(FORMAT, NO_RUN);
    assertThat(files.bytes(LogWriter.NAME)).isEqualTo(damaged);
  }

  @Test
  void aFileThatCannotBeTakenOverGoesIfADiskIsLeftOut() throws IOException {
    byte[] before = left(4, 1);
    files.failing = List.of("create", "write");
    renewFails(FORMAT, 4);
    assertThat(files.bytes(LogWriter.NAME)).as("the same disks").isEqualTo(before);

    files.failing = List.of();
    left(4, 2);
    files.failing = List.of("create", "force purges");
    renewFails(FORMAT, 4);
    assertThat(files.calls()).endsWith("delete purges", "forceNames");
    assertThatThrownBy(() -> files.bytes(LogWriter.NAME)).isInstanceOf(IOException.class);
  }

  @Test
  void theFirstFailureIsReportedWithTheOneBehindIt() throws IOException {
    left(4, 1);
    files.failing = List.of("create", "open");
    assertThatThrownBy(() -> writer.renew(FORMAT, List.of(), 4))
        .hasMessage("create purges.new")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }
}
