package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabLockTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir private Path directory = Path.of("");

  private LabLock take(long pid) throws Exception {
    return ((LabLock.Attempt.Held) LabLock.take(directory, pid, NOW)).lock();
  }

  @Test
  void aHeldFolderSaysWhoHoldsItAndSinceWhen() throws Exception {
    try (LabLock lock = take(4711)) {
      assertThat(lock).isNotNull();
      assertThat(LabLock.take(directory, 1, NOW))
          .isEqualTo(new LabLock.Attempt.Busy("pid 4711 since 2026-11-23T10:00:00Z"));
    }
  }

  @Test
  void aFolderGivenBackCanBeTakenAgain() throws Exception {
    take(1).close();
    try (LabLock lock = take(2)) {
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void aStaleLockFileHoldsNothing() throws Exception {
    Files.writeString(directory.resolve("lab.lock"), "pid 99999999 since long ago\n");
    try (LabLock lock = take(3)) {
      assertThat(Files.readString(directory.resolve("lab.lock"))).startsWith("pid 3 since");
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void aFolderWithOtherFilesIsLeftAlone() throws Exception {
    Files.createDirectory(directory.resolve("ca"));
    assertThat(LabLock.take(directory, 4, NOW)).isEqualTo(new LabLock.Attempt.Foreign());
    assertThat(directory).isDirectoryNotContaining("glob:**lab.lock");
  }
}
