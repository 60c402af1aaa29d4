package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskFiles;
import io.landfall.edge.cache.disk.FaultyFiles;
import io.landfall.edge.cache.disk.FolderFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the log of purges is read at a start. */
class PurgeLogStartTest {
  private static final PurgeRecord RECORD = PurgeLogFileTest.record(1);

  @TempDir Path folder;
  private final AtomicLong nonces = new AtomicLong();

  private PurgeLogFile log(DiskFiles files) {
    PurgeLogFile log =
        new PurgeLogFile(
            "a log", files, PurgeLogBeside.NONE, SystemClock.INSTANCE, nonces::incrementAndGet);
    log.read();
    return log;
  }

  @Test
  void aFolderThatIsLockedForAMomentIsRead() {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "fra"));
    PurgeLogFile first =
        new PurgeLogFile(
            "a log", files, PurgeLogBeside.NONE, SystemClock.INSTANCE, nonces::incrementAndGet);
    first.start(() -> {});
    assertThat(first.replace(List.of(RECORD)).join()).isTrue();
    first.close();
    files.locksRefused.set(3);
    PurgeLogFile second = log(files);
    assertThat(second.restored()).contains(List.of(RECORD));
    second.close();
  }
}
