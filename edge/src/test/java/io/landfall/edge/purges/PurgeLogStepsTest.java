package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.core.Clock;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.GroupCommit;
import io.landfall.edge.purges.PurgeLogFile.Waiting;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The log of purges, step by step: what its thread does is done by the test. */
class PurgeLogStepsTest {
  private static final long SECOND = 1_000_000_000L;

  private final MemoryFiles files = new MemoryFiles();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong nonces = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();

  /** Runs where the log asks for the time. */
  private Runnable meanwhile = () -> {};

  private final PurgeLogFile log = log();

  private PurgeLogFile log() {
    PurgeLogBeside beside = new PurgeLogBeside(List.of(Path.of("/a")), "shop");
    Clock clock =
        new Clock() {
          @Override
          public long monotonicNanos() {
            meanwhile.run();
            return nanos.get();
          }

          @Override
          public long wallMillis() {
            return 0;
          }
        };
    return new PurgeLogFile("a log", files, beside, clock, nonces::incrementAndGet);
  }

  /** What a run behind this one has of it. */
  private List<PurgeRecord> restored() {
    PurgeLogFile next = log();
    next.read();
    return next.restored().orElseThrow();
  }

  private static PurgeRecord record(int number) {
    return PurgeLogFileTest.record(number);
  }

  private static Waiting whole(int... numbers) {
    return waiting(true, numbers);
  }

  private static Waiting change(int... numbers) {
    return waiting(false, numbers);
  }

  private static Waiting waiting(boolean whole, int... numbers) {
    List<PurgeRecord> all = Arrays.stream(numbers).mapToObj(PurgeLogFileTest::record).toList();
    return new Waiting(all, whole, new CompletableFuture<>());
  }

  /** Writes a group; whether all of it was kept. */
  private boolean kept(Waiting... group) {
    var _ = log.replace(List.of());
    boolean works = log.write(List.of(group), false);
    for (Waiting each : group) {
      assertThat(each.done()).isCompletedWithValue(works);
    }
    return works;
  }

  /** From now on it is counted how often all is asked for; the thread that begins ends at once. */
  private void asks() {
    log.start(asked::incrementAndGet);
    log.close();
    files.calls();
  }

  @Test
  void aGroupCountsFromTheLastOfItThatIsWhole() {
    assertThat(kept(whole(1), change(2), whole(3), change(4), change(5, 6))).isTrue();
    assertThat(restored()).containsExactly(record(3), record(4), record(5), record(6));
    assertThat(kept(change(7))).isTrue();
    assertThat(restored()).hasSize(5).endsWith(record(7));
    assertThat(kept(whole(8))).isTrue();
    assertThat(restored()).containsExactly(record(8));
  }

  @Test
  void changesOfNothingAreNotKept() {
    assertThat(kept(change(1))).isFalse();
    assertThat(log.failure()).isEmpty();
    assertThat(files.calls()).isEmpty();
  }

  @Test
  void whatFollowsAFailureIsNotKeptUntilAllIsWrittenAnew() {
    assertThat(kept(whole(1))).isTrue();
    files.failing = List.of("write");
    assertThat(kept(change(2))).isFalse();
    assertThat(log.isBased()).isFalse();
    assertThat(log.failure()).contains("write purges");
    assertThat(files.calls()).endsWith("close purges.new");
    files.failing = List.of();
    assertThat(kept(change(3))).isFalse();
    assertThat(log.failure()).as("still").contains("write purges");
    assertThat(kept(whole(1, 2, 3))).isTrue();
    assertThat(log.failure()).isEmpty();
    assertThat(restored()).hasSize(3);
  }

  @Test
  void aDiskThatWorksIsNotEnoughWhereSomethingIsMissing() {
    assertThat(kept(whole(1))).isTrue();
    log.breaksOff();
    assertThat(log.isBased()).isFalse();
    Waiting next = change(2);
    assertThat(log.write(List.of(next), false)).as("all that counts is wanted").isFalse();
    assertThat(next.done()).isCompletedWithValue(true);
    assertThat(log.append(List.of(record(3)))).isCompletedWithValue(false);
  }

  @Test
  void aLogIsBrokenOffBeforeItsThreadIsAwake() {
    assertThat(kept(whole(1))).isTrue();
    List<Boolean> based = new ArrayList<>();
    meanwhile = () -> based.add(log.isBased());
    log.breaksOff();
    assertThat(based).isNotEmpty().containsOnly(false);
  }

  @Test
  void allThatCountsIsAskedForWhereSomethingIsMissing() {
    log.start(asked::incrementAndGet);
    assertThat(log.replace(List.of(record(1))).orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
    assertThat(asked).hasValue(0);
    log.breaksOff();
    Await.until("it asks for all", () -> asked.get() == 1);
    log.close();
  }

  @Test
  void eachFileHasANumberOfItsOwn() throws Exception {
    long[] numbers = new long[2];
    for (int i = 0; i < 2; i++) {
      assertThat(kept(whole(1))).isTrue();
      byte[] bytes = files.bytes(LogWriter.NAME);
      numbers[i] = LogRecords.of(files.put("copy", bytes)).orElseThrow().nonce();
    }
    assertThat(numbers[0]).isNotEqualTo(numbers[1]);
  }

  @Test
  void aFileIsLookedForOnceASecondWhileNothingIsWritten() {
    assertThat(kept(whole(1))).isTrue();
    files.calls();
    for (int i = 0; i < 3; i++) {
      nanos.addAndGet(SECOND - 1);
      assertThat(log.idle()).isTrue();
      assertThat(files.calls()).isEmpty();
      nanos.addAndGet(1);
      assertThat(log.idle()).isTrue();
      assertThat(files.calls()).containsExactly("mark purges");
    }
    nanos.addAndGet(SECOND);
    assertThat(kept(whole(1))).isTrue();
    files.calls();
    assertThat(log.idle()).isTrue();
    assertThat(files.calls()).as("it was written a moment ago").isEmpty();
  }

  @Test
  void aFileThatIsGoneIsAskedForAtOnce() {
    asks();
    assertThat(log.write(List.of(whole(1)), false)).isFalse();
    files.put(LogWriter.NAME, new byte[0]);
    nanos.addAndGet(SECOND);
    assertThat(log.idle()).isFalse();
    assertThat(asked).hasValue(1);
    assertThat(log.failure()).contains("removed or replaced");
  }

  @Test
  void allThatCountsIsAskedForOnceASecond() {
    asks();
    for (int i = 1; i < 4; i++) {
      assertThat(log.retry()).isFalse();
      assertThat(asked).hasValue(i);
      nanos.addAndGet(SECOND - 1);
      assertThat(log.retry()).isFalse();
      assertThat(asked).hasValue(i);
      nanos.addAndGet(1);
    }
  }

  @Test
  void aFileThatIsTooLongIsMadeAnew() {
    asks();
    log.write(List.of(whole(1)), false);
    assertThat(asked).hasValue(0);
    List<PurgeRecord> much = Collections.nCopies(140, LogRecordsTest.ofLength(1, 250_000));
    log.write(List.of(new Waiting(much, false, new CompletableFuture<>())), false);
    assertThat(asked).hasValue(1);
  }

  @Test
  void whoWaitsForADiskThatHangsIsAnswered() {
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Boolean> waits = log.replace(List.of(record(1)));
      nanos.addAndGet(GroupCommit.HUNG_NANOS - 1);
      log.giveUpIfHung();
      assertThat(waits).isNotDone();
      assertThat(log.mayTake()).isTrue();
      assertThat(log.isBased()).isTrue();
      nanos.addAndGet(1);
      assertThat(log.mayTake()).isFalse();
      log.giveUpIfHung();
      assertThat(waits).isCompletedWithValue(false);
      assertThat(log.isBased()).isFalse();
      assertThat(log.failure()).isEqualTo("the disk does not answer");
      assertThat(log.replace(List.of())).isCompletedWithValue(false);
      assertThat(log.isBased()).isFalse();
      // It answers.
      assertThat(log.write(List.of(whole(1)), false)).isFalse();
      assertThat(log.failure()).isEmpty();
      nanos.addAndGet(-GroupCommit.HUNG_NANOS);
    }
  }

  @Test
  void whoWaitsWhenTheThreadEndsIsAnswered() {
    assertThat(kept(whole(1))).isTrue();
    files.calls();
    CompletableFuture<Boolean> waits = log.append(List.of(record(2)));
    log.ended(false);
    assertThat(waits).isCompletedWithValue(false);
    assertThat(log.isBased()).isFalse();
    assertThat(log.mayTake()).isFalse();
    assertThat(files.calls()).containsExactly("close purges.new", "close");
    assertThat(log.replace(List.of())).isCompletedWithValue(false);
    nanos.addAndGet(GroupCommit.HUNG_NANOS);
    log.giveUpIfHung();
    assertThat(log.failure()).as("nothing waits").isEmpty();
  }

  @Test
  void aLogThatWasNeverBegunGivesItsFolderBack() {
    CompletableFuture<Boolean> waits = log.replace(List.of(record(1)));
    assertThat(waits).isNotDone();
    log.close();
    assertThat(waits).isCompletedWithValue(false);
    assertThat(files.calls()).containsExactly("close");
    assertThat(log.mayTake()).isFalse();
  }

  @Test
  void whatWaitsWhenALogIsClosedIsWritten() {
    log.start(() -> {});
    log.replace(List.of(record(1))).orTimeout(20, TimeUnit.SECONDS).join();
    files.forced = () -> Await.until("it is being closed", () -> !log.mayTake());
    CompletableFuture<Boolean> last = log.append(List.of(record(2)));
    log.close();
    assertThat(last).isCompletedWithValue(true);
    assertThat(files.calls()).endsWith("close purges.new", "close");
  }

  @Test
  void aFolderIsTakenOnce() {
    log.read();
    assertThat(files.calls()).containsExactly("lock", "names");
    assertThat(log.restored()).isEmpty();
    assertThat(kept(whole(1))).isTrue();
    assertThat(files.calls()).doesNotContain("lock");
  }

  @Test
  void aFolderThatAnotherNodeHasIsTakenWhenItIsFree() {
    files.free = false;
    assertThat(kept(whole(1))).isFalse();
    assertThat(log.failure()).isEqualTo("another node uses it");
    assertThat(files.calls()).containsExactly("lock");
    files.free = true;
    assertThat(kept(whole(1))).isTrue();
    assertThat(log.failure()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeReadHasAReason() {
    files.failing = List.of("names");
    log.read();
    assertThat(log.failure()).isEqualTo("names");
    assertThat(log.restored()).isEmpty();
  }

  @Test
  void ofAFileThatIsReadItsRunIsTheOneBefore() {
    assertThat(log.token(Path.of("/a"))).isEqualTo(new PurgeLogToken(1, 1L << 32 | 2, 0));
    assertThat(kept(whole(1))).isTrue();
    files.calls();
    PurgeLogFile next = log();
    next.read();
    assertThat(files.calls()).endsWith("close purges");
    PurgeLogToken token = next.token(Path.of("/a"));
    assertThat(token.value()).isEqualTo(1);
    assertThat(token.before()).isEqualTo(1L << 32 | 2);
    assertThat(token.run() >>> 32).isEqualTo(2);
  }

  @Test
  void aFileThatIsDamagedBeginsAnew() {
    files.put(LogWriter.NAME, new byte[600]);
    log.read();
    assertThat(log.restored()).isEmpty();
    assertThat(log.failure()).isEmpty();
    assertThat(log.token(Path.of("/a")).isOld()).isFalse();
  }
}
