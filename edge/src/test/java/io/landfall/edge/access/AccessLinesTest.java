package io.landfall.edge.access;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the lines of a loop are handed over, by the time of its ticks. */
class AccessLinesTest {
  private static final long WAIT_NANOS = 200_000_000;
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private static void line(AccessLines to) {
    LineBytes line = requireNonNull(to.begin());
    line.text("a");
    to.end(line);
  }

  private static boolean isSameAfter(AccessLines lines, LineBytes piece, long nowNanos) {
    lines.tick(nowNanos);
    return piece.equals(lines.begin());
  }

  @Test
  void aPieceWaitsItsTimeFromTheFirstTickOn() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.COMBINED, MIB)) {
      AccessLines lines = log.ofLoop();
      assertThat(lines.format()).isEqualTo(AccessLog.Format.COMBINED);
      long start = 5 * WAIT_NANOS;
      lines.tick(start);
      LineBytes piece = requireNonNull(lines.begin());
      lines.end(piece);
      assertThat(isSameAfter(lines, piece, start + 1)).isTrue();
      assertThat(isSameAfter(lines, piece, start + WAIT_NANOS)).isTrue();
      lines.tick(start + 1 + WAIT_NANOS);
      Await.until("it is written", () -> log.stats().written() == 1);
      LineBytes next = requireNonNull(lines.begin());
      lines.end(next);
      assertThat(isSameAfter(lines, next, start + 2 + 2 * WAIT_NANOS))
          .as("its time begins anew")
          .isTrue();
      lines.tick(start + 2 + 3 * WAIT_NANOS);
      Await.until("it is written", () -> log.stats().written() == 2);
    }
    assertThat(Files.readString(file)).isEqualTo("\n\n");
  }

  @Test
  void aPieceWithoutRoomForALineIsHandedOver() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      AccessLines lines = log.ofLoop();
      LineBytes piece = requireNonNull(lines.begin());
      piece.text("x".repeat(LineBytes.SIZE - LineBytes.MAX_LINE - 1));
      lines.end(piece);
      assertThat(piece.room()).isEqualTo(LineBytes.MAX_LINE);
      assertThat(piece.equals(lines.begin())).as("just enough").isTrue();
      lines.end(piece);
      line(lines);
      Await.until("it is written", () -> log.stats().written() == 2);
      assertThat(log.stats().lost()).isZero();
    }
    assertThat(Files.readAllLines(file)).hasSize(3);
  }

  @Test
  void withoutAPieceALineIsLostAndCounted() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, 0)) {
      // Two pieces there are always: each of these loops holds one.
      line(log.ofLoop());
      line(log.ofLoop());
      assertThat(log.ofLoop().begin()).isNull();
      assertThat(log.stats().lost()).isEqualTo(1);
      assertThat(log.queue().most()).isEqualTo(LineBytes.SIZE);
    }
    assertThat(Files.readString(file)).isEqualTo("a\na\n");
  }

  @Test
  void aPieceThatIsUsedAgainBeginsAnew() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, 0)) {
      AccessLines lines = log.ofLoop();
      for (int i = 1; i <= 5; i++) {
        LineBytes line = requireNonNull(lines.begin());
        line.number(i);
        lines.end(line);
        lines.finish();
        long all = i;
        Await.until("it is written", () -> log.stats().written() == all);
      }
    }
    assertThat(Files.readString(file)).isEqualTo("1\n2\n3\n4\n5\n");
  }

  private static long opened(Path file) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(each -> leadsTo(each, file)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      // It was closed meanwhile.
      return false;
    }
  }

  @Test
  void noFileIsKeptOpenThatIsNotWrittenAnyMore() throws IOException {
    Path file = folder.toRealPath().resolve("access.log");
    Path moved = folder.toRealPath().resolve("access.log.1");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, MIB)) {
      assertThat(opened(file)).isEqualTo(1);
      Files.move(file, moved);
      AccessLines lines = log.ofLoop();
      line(lines);
      lines.finish();
      Await.until("it is written", () -> log.stats().written() == 1);
      assertThat(opened(file)).isEqualTo(1);
      assertThat(opened(moved)).isZero();
      assertThat(new RequestRecords(Optional.of(log), Optional.empty()).areKept()).isTrue();
    }
    assertThat(opened(file)).isZero();
    assertThat(RequestRecords.NONE.areKept()).isFalse();
  }
}
