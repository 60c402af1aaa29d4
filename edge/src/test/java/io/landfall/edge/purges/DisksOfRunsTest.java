package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.CacheSettings;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskItem;
import io.landfall.edge.cache.disk.DiskStore;
import io.landfall.edge.cache.disk.FaultyFiles;
import io.landfall.edge.cache.disk.FolderFiles;
import io.landfall.testkit.Await;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which disks of the cache keep what they have, by what became of them and of the log of purges in
 * the runs before. Each run takes down a purge. A disk that was not in use in a run lacks its
 * purge, and must be empty when it is used again; all others keep what they have where the log is
 * not lost.
 */
class DisksOfRunsTest {
  private static final long DISK_BYTES = 128L << 20;

  @TempDir Path root;
  private final AtomicLong nonces = new AtomicLong();

  /** The run in which each disk was in use last. */
  private final Map<String, Integer> lastRuns = new TreeMap<>();

  private int run;

  /** Of no length. */
  private record Item(byte[] key) implements DiskItem {
    @Override
    public int variant() {
      return 0;
    }

    @Override
    public byte[] head() {
      return key;
    }

    @Override
    public long epoch() {
      return 0;
    }

    @Override
    public long bodyLength() {
      return 0;
    }

    @Override
    public void copyTo(ByteBuffer into, long position) {}

    @Override
    public void letGo() {}
  }

  private static byte[] key(int ofRun) {
    return ("of run " + ofRun).getBytes(StandardCharsets.US_ASCII);
  }

  private Path log() {
    return root.resolve("log").resolve(LogWriter.NAME);
  }

  /** What is to become of the log; the files of a run in which that is so. */
  private FaultyFiles files(String way) throws IOException {
    Path copy = root.resolve("copy");
    if (way.equals("older")) {
      Files.copy(copy, log(), StandardCopyOption.REPLACE_EXISTING);
    } else if (way.equals("lost")) {
      Files.delete(log());
    } else if (run == 2 && Files.exists(log())) {
      Files.copy(log(), copy);
    }
    FaultyFiles files = new FaultyFiles(new FolderFiles(root.resolve("log"), "fra"));
    files.createsFail = way.equals("full");
    files.writesFail = way.equals("unwritable");
    files.readOnly = way.equals("readonly");
    return files;
  }

  private DiskStore open(String disk, PurgeLogFile log) {
    Path folder = root.resolve(disk);
    DiskStore store =
        DiskStore.open(
            new CacheSettings.Disk(folder, DISK_BYTES, log.token(folder)),
            "fra",
            SystemClock.INSTANCE,
            PooledByteBufAllocator.DEFAULT);
    Await.until("it is open", store::isReady);
    return store;
  }

  /**
   * One run.
   *
   * @param disks the disks in use, a letter each; behind a colon what becomes of the log
   * @return those of them that have what they had
   */
  private String run(String disks) throws IOException {
    run++;
    String way = disks.substring(disks.indexOf(':') + 1);
    List<String> names = List.of(disks.substring(0, disks.indexOf(':')).split(""));
    PurgeLogBeside beside =
        new PurgeLogBeside(names.stream().map(each -> root.resolve(each)).toList(), "shop");
    PurgeLogFile log =
        new PurgeLogFile("log", files(way), beside, SystemClock.INSTANCE, nonces::incrementAndGet);
    log.read();
    List<DiskStore> stores = new ArrayList<>();
    StringBuilder kept = new StringBuilder();
    for (String each : names) {
      DiskStore store = open(each, log);
      stores.add(store);
      kept.append(store.mayHave(key(lastRuns.getOrDefault(each, 0))) ? each : "");
      lastRuns.put(each, run);
    }
    if (!way.equals("dies")) {
      log.start(() -> {});
      assertThat(log.replace(List.of(PurgeLogFileTest.record(run))).join())
          .isEqualTo(!List.of("full", "unwritable", "readonly").contains(way));
    }
    for (DiskStore each : stores) {
      assertThat(each.store(new Item(key(run)))).isTrue();
      Await.until("it is stored", () -> each.mayHave(key(run)));
      each.close();
    }
    log.close();
    return kept.toString();
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        // The ordinary cases.
        "AB: AB:                      | AB | a restart",
        "AB: AB: AB: AB:              | AB | restarts",
        "A: AB:                       | A  | one is added",
        "AB: A:                       | A  | one is removed",
        "AB: AB:dies AB:              | AB | a start failed",
        "AB: AB:dies AB:dies AB:      | AB | starts failed",
        "AB: A:dies AB:               | AB | a start without it failed: it took down no purge",
        // One that was not in use.
        "AB: A: AB:                   | A  | it was left out",
        "AB: A: B:                    |    | it was left out, and comes back alone",
        "AB: A: A:dies AB:            | A  | it was left out before a start that failed",
        "AB: AB:dies A: AB:           | A  | it was left out behind a start that failed",
        // A log that cannot be written, but for what is there.
        "AB: AB:full AB:              | AB | none was left out",
        "AB: AB:full AB:full AB:      | AB | none was left out, twice",
        "AB: A:full AB:               | A  | it was left out",
        "AB: A:full B:                |    | it was left out, and comes back alone",
        "AB: AB:full A:full AB:       | A  | it was left out the second time",
        "AB: AB:full A:full B:        |    | the same, and it comes back alone",
        "AB: A:full AB:full AB:       | AB | it was emptied in the run before",
        "AB: A:full A:dies AB:        | A  | it was left out before a start that failed",
        // One in which nothing can be written.
        "AB: AB:unwritable AB:        | AB | none was left out",
        "AB: A:unwritable AB:         |    | the log is removed, for one was left out",
        "AB: A:unwritable B:          |    | the same, and it comes back alone",
        "AB: AB:readonly AB:          | AB | none was left out",
        // A log that is not there any more, or is put back.
        "AB: AB:lost                  |    | purges may be in no log any more",
        "AB:full AB:                  |    | the log was new, and was never written",
        "AB: AB: AB: AB:older         |    | the log is older than what lies there",
        "AB: AB: AB:older             | AB | they were in use in the run that it lacks",
        // Not covered: each answer to a purge reports that it is not kept.
        "AB: A:readonly B:            | B  | nothing could be written that it was left out",
        // Not covered: empty a disk that was not in use when a log is put back.
        "AB: A: B:older               | B  | the log has nothing of the run without it"
      })
  void whatIsKeptAndWhatIsEmptied(String runs, String kept, String why) throws IOException {
    String last = "";
    for (String each : runs.split(" ")) {
      last = run(each);
    }
    assertThat(last).as(why).isEqualTo(kept == null ? "" : kept);
  }
}
