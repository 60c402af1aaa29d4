package io.landfall.edge.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines on their way to a file that works, moves, is full, or stands still. */
class AccessLogTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private static void line(AccessLines to, String text) {
    LineBytes line = to.begin();
    if (line != null) {
      line.text(text);
      to.end(line);
    }
  }

  private static boolean has(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).equals(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void passOn(AccessLines lines) {
    lines.tick(0);
    lines.tick(1_000_000_000L);
  }

  @Test
  void linesAreAddedBehindThoseThatAreThere() throws IOException {
    Path file = Files.writeString(folder.resolve("access.log"), "before\n");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      AccessLines one = log.ofLoop();
      AccessLines other = log.ofLoop();
      line(one, "a");
      line(one, "b");
      line(other, "c");
    }
    assertThat(Files.readString(file)).isEqualTo("before\na\nb\nc\n");
  }

  @Test
  void linesDoNotWaitForMore() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      AccessLines lines = log.ofLoop();
      line(lines, "a");
      passOn(lines);
      Await.until("it is written", () -> has(file, "a\n"));
      assertThat(log.stats()).isEqualTo(new AccessLog.Stats(1, 0, Optional.empty()));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .as("others may not read it")
        .endsWith("---");
  }

  @Test
  void aFileThatWasMovedIsOpenedAnew() throws IOException {
    Path file = folder.resolve("access.log");
    Path moved = folder.resolve("access.log.1");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      AccessLines lines = log.ofLoop();
      line(lines, "a");
      passOn(lines);
      Await.until("it is written", () -> has(file, "a\n"));
      Files.move(file, moved, StandardCopyOption.ATOMIC_MOVE);
      line(lines, "b");
      passOn(lines);
      Await.until("a new one is there", () -> has(file, "b\n"));
    }
    assertThat(Files.readString(moved)).isEqualTo("a\n");
    assertThat(Files.readString(file)).isEqualTo("b\n");
  }

  @Test
  void aFileIsOpenedAnewWhenThatIsAskedFor() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      Files.delete(file);
      log.reopen();
      AccessLines lines = log.ofLoop();
      line(lines, "b");
      passOn(lines);
      Await.until("a new one is there", () -> has(file, "b\n"));
    }
  }

  @Test
  void aPipeInPlaceOfTheFileHoldsUpNothingAndIsToldOf() throws Exception {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      Files.delete(file);
      assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
      log.reopen();
      AccessLines lines = log.ofLoop();
      line(lines, "a");
      passOn(lines);
      Await.until("it is told", () -> log.stats().problem().isPresent());
      Files.delete(file);
      line(lines, "b");
      passOn(lines);
      Await.until(
          "it is written again",
          () -> log.stats().equals(new AccessLog.Stats(1, 1, Optional.empty())));
      assertThat(Files.readString(file)).isEqualTo("b\n");
    }
  }

  @Test
  void aFullDiskLosesLinesAndCountsThem() throws IOException {
    Path full = Path.of("/dev/full");
    try (AccessLog log = AccessLog.open(Optional.of(full), AccessLog.Format.JSON, MIB)) {
      AccessLines lines = log.ofLoop();
      for (int i = 0; i < 3; i++) {
        line(lines, "a");
        passOn(lines);
      }
      Await.until("all are lost", () -> log.stats().lost() == 3);
      assertThat(log.stats().problem()).isPresent();
      assertThat(log.stats().written()).isZero();
    }
  }

  @Test
  void aDiskThatStandsStillHoldsUpNobodyAndIsWrittenAgain() throws IOException {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().onExit().join().exitValue())
        .isZero();
    try (RandomAccessFile reader = new RandomAccessFile(fifo.toFile(), "rw")) {
      AccessLog log = AccessLog.open(Optional.of(fifo), AccessLog.Format.JSON, MIB);
      AccessLines lines = log.ofLoop();
      String text = "x".repeat(999);
      int most = 4_000;
      for (int i = 0; i < most; i++) {
        line(lines, text);
      }
      assertThat(log.stats().lost()).as("of 4 MB 1 MiB may wait").isBetween(2_000L, 3_900L);
      assertThat(log.queue().most()).as("all but the piece of the loop").isEqualTo(MIB - 65_536);
      assertThat(log.queue().now())
          .as("all but a piece that the pipe took, maybe only now, and one that the writer holds")
          .isBetween(log.queue().most() - 2 * 65_536, log.queue().most());
      long left = most - log.stats().lost();
      byte[] line = new byte[1_000];
      Thread ends = Thread.ofVirtual().start(log::close);
      for (int i = 0; i < left; i++) {
        reader.readFully(line);
        assertThat(line[999]).isEqualTo((byte) '\n');
      }
      Await.until("it ends", () -> !ends.isAlive());
      assertThat(log.queue().now()).isZero();
      assertThat(log.stats()).isEqualTo(new AccessLog.Stats(left, most - left, Optional.empty()));
    }
  }

  @Test
  void aFileThatCannotBeOpenedIsToldAtOnce() {
    assertThatThrownBy(
            () ->
                AccessLog.open(
                    Optional.of(folder.resolve("none/access.log")), AccessLog.Format.JSON, MIB))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void whatStrangersChoseEndsNeitherALineNorAText() {
    String all = IntStream.range(0, 256).mapToObj(Character::toString).reduce("", String::concat);
    LineBytes line = new LineBytes();
    line.json(all, 1_000).text("|").quoted(all, 1_000).end();
    String written = US_ASCII.decode(line.content()).toString();
    assertThat(written.indexOf('\n')).isEqualTo(written.length() - 1);
    List<String> parts = List.of(written.split("\\|(?=\\\\x00)", 2));
    assertThat(parts.getFirst())
        .contains(" !\\\"#$")
        .contains("[\\\\]")
        .contains("~\\u007f\\u0080");
    assertThat(parts.getFirst().replace("\\\"", "")).doesNotContain("\"");
    assertThat(parts.getLast()).contains(" !\\x22#$").contains("[\\x5c]").contains("\\xff\n");
    assertThat(parts.getLast()).doesNotContain("\"");
  }

  @Test
  void theLongestLineHasRoom() throws IOException {
    Path file = folder.resolve("access.log");
    String worst = "\u0000".repeat(8_192);
    int lines = 40;
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, 4 * MIB)) {
      AccessLines to = log.ofLoop();
      for (int i = 0; i < lines; i++) {
        LineBytes line = requireNonNull(to.begin());
        line.json(worst, LineBytes.MAX_LINE / 6 - 1);
        to.end(line);
      }
    }
    assertThat(Files.readAllLines(file)).hasSize(lines);
  }
}
