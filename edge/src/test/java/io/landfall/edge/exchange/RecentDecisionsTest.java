package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Clock;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.h1.RequestText;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentDecisionsTest {
  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return 0;
        }

        @Override
        public long wallMillis() {
          return 0;
        }
      };

  private final RecentDecisions recent = new RecentDecisions();

  /** Records a request of which every part tells its number, with a path of changing length. */
  private void add(long number) {
    String path = "/" + "x".repeat((int) (number % 90)) + number;
    RequestLog log =
        new RequestLog(
            RequestText.head("GET " + path + " HTTP/1.1\r\nHost: h" + number + "\r\n\r\n"),
            Arrival.CLIENT,
            CLOCK);
    log.reason = Reason.LOCAL_UP;
    log.target = "t" + number;
    log.status = (int) number;
    log.attempts = (int) number;
    recent.add(log, number, number);
  }

  private static boolean isOfOneRequest(DecisionRecord record) {
    long number = record.wallMillis();
    return record.durationMicros() == number
        && record.status() == number
        && record.attempts() == number
        && record.target().equals("t" + number)
        && record.request().host().equals("h" + number)
        && record.request().path().equals("/" + "x".repeat((int) (number % 90)) + number);
  }

  @Test
  void theNewestAreKept() {
    int all = RecentDecisions.CAPACITY + 10;
    LongStream.rangeClosed(1, all).forEach(this::add);

    List<DecisionRecord> kept = recent.all();
    assertThat(kept).allMatch(RecentDecisionsTest::isOfOneRequest);
    assertThat(kept.stream().map(DecisionRecord::wallMillis))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(11, all).boxed().toList());
  }

  @Test
  void thereIsNothingBeforeTheFirst() {
    assertThat(recent.all()).isEmpty();
    add(7);
    assertThat(recent.all()).singleElement().matches(RecentDecisionsTest::isOfOneRequest);
  }

  @Test
  void aLongPathIsCut() {
    String path = "/" + "y".repeat(DecisionRecord.MAX_PATH);
    RequestLog log =
        new RequestLog(
            RequestText.head("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"), Arrival.NODE, CLOCK);
    recent.add(log, 1, 2);

    DecisionRecord record = recent.all().getFirst();
    assertThat(record.request().path()).isEqualTo(path.substring(0, DecisionRecord.MAX_PATH));
    assertThat(record.request().method()).isEqualTo("GET");
    assertThat(record.arrival()).isEqualTo(Arrival.NODE);
  }

  @Test
  void aReaderThatIsOvertakenSeesWholeRecords() throws InterruptedException, ExecutionException {
    FutureTask<Void> writing =
        new FutureTask<>(() -> LongStream.rangeClosed(1, 400_000).forEach(this::add), null);
    Thread.ofPlatform().start(writing);

    long broken = 0;
    while (!writing.isDone()) {
      broken += recent.all().stream().filter(record -> !isOfOneRequest(record)).count();
    }
    writing.get();

    assertThat(broken).isZero();
    assertThat(recent.all()).hasSize(RecentDecisions.CAPACITY);
  }
}
