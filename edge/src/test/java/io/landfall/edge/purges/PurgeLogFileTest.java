package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.LogId;
import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.cache.fleet.Segment;
import io.landfall.core.Clock;
import io.landfall.core.NodeName;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.FaultyFiles;
import io.landfall.edge.cache.disk.FolderFiles;
import io.landfall.edge.cache.disk.GroupCommit;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of the log of purges: what is there after a restart, and what is not. */
class PurgeLogFileTest {
  static final LogId LOG = new LogId(new NodeName("fra"), 7);

  @TempDir Path root;
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong nonces = new AtomicLong();

  static PurgeRecord record(int number) {
    FleetPurge purge = new FleetPurge(FleetPurge.Kind.TAG, "t" + number, false);
    return new PurgeRecord.Entries(new Segment(LOG, number, false, List.of(purge)), true);
  }

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return nanos.get();
        }

        @Override
        public long wallMillis() {
          return 0;
        }
      };

  private Path folder() {
    return root.resolve("purges-fra");
  }

  private PurgeLogFile read(PurgeLogBeside beside) {
    return PurgeLogFile.read(folder(), "fra", beside, clock, nonces::incrementAndGet);
  }

  private PurgeLogFile read(String... disks) {
    return read(new PurgeLogBeside(Stream.of(disks).map(Path::of).toList(), "shop"));
  }

  /** Three records, of which the last two were added one after the other. */
  private void threeRecords() {
    PurgeLogFile log = read();
    assertThat(log.restored()).isEmpty();
    log.start(() -> {});
    log.replace(List.of(record(1))).join();
    log.append(List.of(record(2))).join();
    log.append(List.of(record(3))).join();
    log.close();
  }

  private List<PurgeRecord> restored() {
    PurgeLogFile log = read();
    List<PurgeRecord> all = log.restored().orElse(List.of());
    log.close();
    return all;
  }

  @Test
  void whatWasTakenDownIsThereAfterARestart() {
    threeRecords();
    assertThat(restored()).containsExactly(record(1), record(2), record(3));
  }

  @Test
  void noFolderIsMadeBeforeThereIsSomethingToKeep() {
    PurgeLogFile log = read();
    log.start(() -> {});
    log.append(List.of(record(1))).join();
    log.close();
    assertThat(folder()).doesNotExist();
  }

  @Test
  void ofAFileThatIsCutOrDamagedAnywhereWhatIsWholeBeforeThatCounts() throws IOException {
    threeRecords();
    Path file = folder().resolve(LogWriter.NAME);
    byte[] whole = Files.readAllBytes(file);
    List<PurgeRecord> all = List.of(record(1), record(2), record(3));
    int each = (whole.length - LogRecords.HEADER_BYTES) / all.size();
    for (int at = 0; at < whole.length; at++) {
      int left = Math.max(0, at - LogRecords.HEADER_BYTES) / each;
      Files.write(file, Arrays.copyOf(whole, at));
      assertThat(restored()).as("cut at %d", at).isEqualTo(all.subList(0, left));
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      Files.write(file, flipped);
      assertThat(restored()).as("damaged at %d", at).isEqualTo(all.subList(0, left));
    }
  }

  @Test
  void whatFollowsATornEndIsNotMixedWithIt() throws IOException {
    threeRecords();
    Path file = folder().resolve(LogWriter.NAME);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    PurgeLogFile log = read();
    List<PurgeRecord> left = log.restored().orElseThrow();
    log.start(() -> {});
    log.replace(left).join();
    log.append(List.of(record(4))).join();
    log.close();
    assertThat(restored()).containsExactly(record(1), record(2), record(4));
  }

  /** The tokens of a run that keeps a log beside disks, by disk. */
  private Map<String, PurgeLogToken> run(PurgeLogBeside beside) {
    PurgeLogFile log = read(beside);
    Map<String, PurgeLogToken> tokens = new TreeMap<>();
    beside.disks().forEach(each -> tokens.put(each.toString(), log.token(each)));
    log.start(() -> {});
    log.replace(List.of()).join();
    log.close();
    return tokens;
  }

  private Map<String, PurgeLogToken> run(String... disks) {
    return run(new PurgeLogBeside(Stream.of(disks).map(Path::of).toList(), "shop"));
  }

  private static long value(Map<String, PurgeLogToken> tokens, String disk) {
    return tokens.getOrDefault(disk, PurgeLogToken.NONE).value();
  }

  @Test
  void eachDiskHasATokenOfItsOwnAsLongAsTheLogIsKeptBesideIt() {
    Map<String, PurgeLogToken> first = run("/a", "/b");
    assertThat(first.values()).noneMatch(PurgeLogToken::isOld);
    assertThat(value(first, "/a")).isNotEqualTo(value(first, "/b"));
    Map<String, PurgeLogToken> same = run("/b", "/a");
    assertThat(same.values()).allMatch(PurgeLogToken::isOld);
    assertThat(value(same, "/a")).isEqualTo(value(first, "/a"));
    assertThat(value(same, "/b")).isEqualTo(value(first, "/b"));
    Map<String, PurgeLogToken> without = run("/a");
    assertThat(value(without, "/a")).isEqualTo(value(first, "/a"));
    Map<String, PurgeLogToken> again = run("/a", "/b", "/c");
    assertThat(value(again, "/a")).isEqualTo(value(first, "/a"));
    assertThat(value(again, "/b")).isNotEqualTo(value(first, "/b"));
    assertThat(again.values()).allMatch(PurgeLogToken::isOld);
  }

  @Test
  void wherePurgesReachSomethingElseEachDiskGetsANewOne() {
    Map<String, PurgeLogToken> first = run("/a", "/b");
    Map<String, PurgeLogToken> other =
        run(new PurgeLogBeside(List.of(Path.of("/a"), Path.of("/b")), "shop and blog"));
    assertThat(other.values()).allMatch(PurgeLogToken::isOld);
    assertThat(value(other, "/a")).isNotEqualTo(value(first, "/a"));
    assertThat(value(other, "/b")).isNotEqualTo(value(first, "/b"));
  }

  @Test
  void eachRunHasTheNumberBehindTheOneBefore() {
    PurgeLogBeside beside = new PurgeLogBeside(List.of(Path.of("/a")), "shop");
    PurgeLogToken first = run(beside).getOrDefault("/a", PurgeLogToken.NONE);
    assertThat(run(beside).getOrDefault("/a", PurgeLogToken.NONE).before()).isEqualTo(first.run());
  }

  /** What is done to the file of a log that is open and has two records. */
  private interface Deed {
    void isDone(Path file) throws IOException;
  }

  private void isFoundAndHealed(Deed deed, boolean idle) throws IOException {
    PurgeLogFile before = read();
    before.start(() -> {});
    isKept(true, before.replace(List.of(record(1), record(2), record(3))));
    before.close();
    Path copy = Files.copy(folder().resolve(LogWriter.NAME), root.resolve("copy"));
    PurgeLogFile log = read();
    AtomicInteger asked = new AtomicInteger();
    log.start(asked::incrementAndGet);
    isKept(true, log.replace(List.of(record(1), record(2))));
    deed.isDone(folder().resolve(LogWriter.NAME));
    if (idle) {
      nanos.addAndGet(1_000_000_000L);
    } else {
      isKept(false, log.append(List.of(record(4))));
    }
    Await.until("it asks for all", () -> asked.get() == 1);
    isKept(true, log.replace(List.of(record(1), record(2), record(4))));
    isKept(true, log.append(List.of(record(5))));
    log.close();
    assertThat(restored()).containsExactly(record(1), record(2), record(4), record(5));
    Files.delete(copy);
  }

  @Test
  void aFileThatIsRemovedOrReplacedWhileItIsWrittenBeginsAnew() throws IOException {
    Path copy = root.resolve("copy");
    for (boolean idle : List.of(false, true)) {
      isFoundAndHealed(Files::delete, idle);
      isFoundAndHealed(
          file -> Files.move(file, root.resolve("away"), StandardCopyOption.REPLACE_EXISTING),
          idle);
      // Put back from a copy: as another file, and into the one that is open.
      isFoundAndHealed(file -> Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING), idle);
      isFoundAndHealed(file -> Files.write(file, Files.readAllBytes(copy)), idle);
    }
  }

  @Test
  void whatCannotBeFinishedIsNotLeft() throws IOException {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder(), "fra"));
    PurgeLogFile log =
        new PurgeLogFile("a log", files, PurgeLogBeside.NONE, clock, nonces::incrementAndGet);
    log.start(() -> {});
    isKept(true, log.replace(List.of(record(1))));
    files.roomBytes.set(LogRecords.HEADER_BYTES);
    isKept(false, log.replace(List.of(record(1), record(2))));
    assertThat(files.names()).containsExactlyInAnyOrder("lock", LogWriter.NAME);
    log.close();
    assertThat(restored()).containsExactly(record(1));
  }

  @Test
  void aFolderThatAnotherNodeHasIsLeftAlone() {
    threeRecords();
    PurgeLogFile first = read();
    PurgeLogFile second = read();
    assertThat(second.restored()).isEmpty();
    assertThat(second.failure()).isEqualTo("another node uses it");
    second.start(() -> {});
    second.replace(List.of(record(9))).join();
    second.close();
    first.close();
    assertThat(restored()).containsExactly(record(1), record(2), record(3));
  }

  @Test
  void aDiskThatFailsStopsNoPurgeAndTheLogBeginsAnewWhenItWorksAgain() throws Exception {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder(), "fra"));
    PurgeLogFile log =
        new PurgeLogFile("a log", files, PurgeLogBeside.NONE, clock, nonces::incrementAndGet);
    AtomicInteger asked = new AtomicInteger();
    log.start(asked::incrementAndGet);
    List<PurgeRecord> all = new ArrayList<>(List.of(record(1)));
    log.replace(all).join();
    files.roomBytes.set(0);
    log.append(List.of(record(2))).join();
    assertThat(log.isBased()).isFalse();
    Await.until("it asks for all", () -> asked.get() == 1);
    // Not once more before its time, and what comes meanwhile is not added behind the gap.
    log.append(List.of(record(3))).join();
    log.replace(List.of(record(1), record(2), record(3))).join();
    assertThat(log.isBased()).isFalse();
    files.roomBytes.set(Long.MAX_VALUE);
    nanos.addAndGet(1_000_000_000L);
    Await.until("it asks once more", () -> asked.get() == 2);
    log.replace(List.of(record(1), record(2), record(3))).join();
    log.append(List.of(record(4))).join();
    log.close();
    assertThat(restored()).containsExactly(record(1), record(2), record(3), record(4));
  }

  private static void isAnswered(CompletableFuture<Boolean> done) {
    done.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static void isKept(boolean kept, CompletableFuture<Boolean> done) {
    assertThat(done.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(kept);
  }

  @Test
  void aListThatChangesAfterItWasHandedOverIsKeptAsItWas() {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder(), "fra"));
    PurgeLogFile log =
        new PurgeLogFile("a log", files, PurgeLogBeside.NONE, clock, nonces::incrementAndGet);
    log.start(() -> {});
    isKept(true, log.replace(List.of(record(1))));
    CountDownLatch answers = new CountDownLatch(1);
    files.writesWait = answers;
    CompletableFuture<Boolean> writing = log.append(List.of(record(2)));
    List<PurgeRecord> changing = new ArrayList<>(List.of(record(3)));
    CompletableFuture<Boolean> behind = log.append(changing);
    changing.set(0, record(9));
    changing.add(record(10));
    files.writesWait = null;
    answers.countDown();
    isKept(true, writing);
    isKept(true, behind);
    log.close();
    assertThat(restored()).containsExactly(record(1), record(2), record(3));
  }

  @Test
  void aDiskThatHangsStopsNoPurgeAndTheLogBeginsAnewWhenItAnswers() {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder(), "fra"));
    PurgeLogFile log =
        new PurgeLogFile("a log", files, PurgeLogBeside.NONE, clock, nonces::incrementAndGet);
    AtomicInteger asked = new AtomicInteger();
    log.start(asked::incrementAndGet);
    log.replace(List.of(record(1))).join();
    CountDownLatch answers = new CountDownLatch(1);
    files.writesWait = answers;
    CountDownLatch begins = new CountDownLatch(1);
    files.writeBegins = begins;
    CompletableFuture<Boolean> writing = log.append(List.of(record(2)));
    Await.until("it is being written", () -> begins.getCount() == 0);
    CompletableFuture<Boolean> behind = log.append(List.of(record(3)));
    log.giveUpIfHung();
    assertThat(writing).isNotDone();
    nanos.addAndGet(GroupCommit.HUNG_NANOS);
    log.giveUpIfHung();
    assertThat(writing).isCompletedWithValue(false);
    assertThat(behind).isCompletedWithValue(false);
    assertThat(log.isBased()).isFalse();
    assertThat(log.mayTake()).isFalse();
    assertThat(log.replace(List.of(record(9)))).isDone();
    assertThat(log.append(List.of(record(4)))).isDone();
    files.writesWait = null;
    answers.countDown();
    Await.until("it asks for all", () -> asked.get() == 1);
    isAnswered(log.replace(List.of(record(1), record(2), record(3), record(4))));
    isAnswered(log.append(List.of(record(5))));
    log.close();
    assertThat(restored()).containsExactly(record(1), record(2), record(3), record(4), record(5));
  }

  @Test
  void aFaultThatEndsItsThreadStopsNoPurge() {
    AtomicInteger left = new AtomicInteger(3);
    PurgeLogFile log =
        PurgeLogFile.read(
            folder(),
            "fra",
            PurgeLogBeside.NONE,
            clock,
            () -> {
              if (left.decrementAndGet() < 0) {
                throw new IllegalStateException("as the test asks");
              }
              return nonces.incrementAndGet();
            });
    log.start(() -> {});
    isKept(true, log.replace(List.of(record(1))));
    isKept(false, log.replace(List.of(record(1), record(2))));
    Await.until("its thread is gone", () -> !log.mayTake());
    isKept(false, log.replace(List.of(record(1), record(2), record(3))));
    isKept(false, log.append(List.of(record(4))));
    assertThat(log.isBased()).isFalse();
    log.close();
    assertThat(restored()).containsExactly(record(1));
  }

  @Test
  void whatWaitsForTheDiskIsBoundedInBytes() {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder(), "fra"));
    PurgeLogFile log =
        new PurgeLogFile("a log", files, PurgeLogBeside.NONE, clock, nonces::incrementAndGet);
    AtomicInteger asked = new AtomicInteger();
    log.start(asked::incrementAndGet);
    log.replace(List.of(record(1))).join();
    CountDownLatch answers = new CountDownLatch(1);
    files.writesWait = answers;
    int many = Math.ceilDiv(1 << 20, Math.toIntExact(record(2).bytes()));
    List<PurgeRecord> large = Collections.nCopies(many, record(2));
    int taken = 0;
    while (taken < 100 && log.isBased()) {
      var _ = log.append(large);
      taken++;
    }
    assertThat(taken).isBetween(20, 33);
    assertThat(log.replace(large)).isDone();
    assertThat(log.isBased()).isFalse();
    files.writesWait = null;
    answers.countDown();
    Await.until("it asks for all", () -> asked.get() == 1);
    isAnswered(log.replace(List.of(record(1), record(2))));
    log.close();
    assertThat(restored()).containsExactly(record(1), record(2));
  }
}
