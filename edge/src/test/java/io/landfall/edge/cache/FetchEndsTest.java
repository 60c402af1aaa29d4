package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.FailureKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How fetches end, and that none who waits for one is forgotten or blamed. */
class FetchEndsTest {
  private static final String STALE_ON_ERROR = "cache-control: max-age=10, stale-if-error=600";
  private static final String STALE_MEANWHILE =
      "cache-control: max-age=10, stale-while-revalidate=600";
  private static final String FRESH = "cache-control: max-age=60";

  /** One try for each request, so that a limit of tries counts at once. */
  private final ByHand site = new ByHand(1);

  @AfterEach
  void close() {
    site.cache.close();
  }

  private void store(String path, String control) {
    ByHand.Client first = site.asks("GET " + path);
    ByHand.Asked fetch = site.asked.getLast();
    fetch.answer(200, 3, control, "etag: \"v1\"");
    fetch.data(3);
    fetch.finish();
    assertThat(first.whole).isTrue();
  }

  private long aborted() {
    return site.runtime.counters().read().aborted();
  }

  private void nothingIsHeldOnceTheCacheIsClosed() {
    site.cache.close();
    site.run();
    assertThat(site.view().bytes()).isZero();
    assertThat(site.cache.views().fills()).isZero();
  }

  @Test
  void aRequestWhoseLastPlaceIsGoneIsAnsweredFromTheStore() {
    store("/a", STALE_ON_ERROR);
    site.letPass(11_000);
    ByHand.Client head = site.asks("HEAD /a");
    assertThat(head.status).isZero();
    site.withdraw();
    assertThat(head.status).isEqualTo(200);
    assertThat(head.cacheStatus).contains("; hit");
    nothingIsHeldOnceTheCacheIsClosed();
  }

  @Test
  void aFetchThatCannotBeginFailsForAllWhoWait() {
    site.breaks = true;
    ByHand.Client first = null;
    try {
      first = site.asks("GET /a");
    } catch (IllegalStateException e) {
      // The connection of the first one is closed for that.
      assertThat(e).hasMessage("no attempt is made");
    }
    site.run();
    assertThat(site.cache.views().fills()).isZero();
    site.breaks = false;
    ByHand.Client second = site.asks("GET /a");
    assertThat(site.asked).hasSize(1);
    site.asked.getFirst().answer(200, 0, FRESH);
    site.asked.getFirst().finish();
    assertThat(second.whole).isTrue();
    if (first != null) {
      assertThat(first.status).isEqualTo(503);
    }
  }

  @Test
  void whoWaitsForAFetchThatIsLostIsAnsweredInTheEndAndTheNextOneAsksAnew() {
    store("/a", STALE_MEANWHILE);
    site.letPass(11_000);
    // The task that begins the fetch is lost with the loop that it was given to.
    ByHand.Client stale = site.startsWithoutRunning("GET /a");
    site.loseTasks();
    assertThat(stale.whole).isTrue();
    ByHand.Client waiting = site.asks("GET /a", "Cache-Control: max-age=5");
    assertThat(waiting.status).isZero();
    site.letPass(200_000);
    assertThat(waiting.status).isEqualTo(504);
    ByHand.Client next = site.asks("GET /a", "Cache-Control: max-age=5");
    assertThat(site.asked).hasSize(2);
    site.asked.getLast().answer(200, 0, FRESH);
    site.asked.getLast().finish();
    assertThat(next.status).isEqualTo(200);
    nothingIsHeldOnceTheCacheIsClosed();
  }

  @Test
  void whoLookedJustBeforeAnotherFetchWasStoredIsAnsweredFromTheStore() {
    site.knowsNoPlaceYet();
    ByHand.Client late = site.asks("GET /a");
    site.knowsItsPlace();
    store("/a", FRESH);
    assertThat(late.status).isZero();
    site.goOn();
    assertThat(late.whole).isTrue();
    assertThat(late.cacheStatus).contains("; hit");
    assertThat(site.asked).hasSize(1);
    nothingIsHeldOnceTheCacheIsClosed();
  }

  @Test
  void whoWaitsForAnOriginThatShowsLifeIsNotTimedOut() {
    ByHand.Client client = site.asks("GET /a");
    for (int i = 0; i < 10; i++) {
      site.letPass(25_000);
      site.asked.getFirst().interim();
    }
    assertThat(client.status).isZero();
    site.asked.getFirst().answer(200, 0, FRESH);
    site.asked.getFirst().finish();
    assertThat(client.status).isEqualTo(200);
  }

  @Test
  void aFetchInTheBackgroundThatIsNotStoredIsNoneThatAClientBrokeOff() {
    store("/a", STALE_MEANWHILE);
    site.letPass(11_000);
    assertThat(site.asks("GET /a").whole).isTrue();
    site.asked.getLast().answer(200, 1_000_000, "cache-control: no-store");
    assertThat(site.asked.getLast().cancelled).isTrue();
    assertThat(aborted()).isZero();
    nothingIsHeldOnceTheCacheIsClosed();
  }

  @Test
  void aClientThatHasAllItWantsOfALargeFetchBrokeNothingOff() {
    ByHand.Client client = site.asks("GET /a", "If-None-Match: \"v2\"");
    site.asked.getFirst().answer(200, 1_500_000, FRESH, "etag: \"v2\"");
    assertThat(client.status).isEqualTo(304);
    assertThat(site.asked.getFirst().cancelled).isTrue();
    assertThat(aborted()).isZero();
  }

  @Test
  void aClientThatLeavesWhileItsFetchIsUnderWayBrokeThatOff() {
    site.asks("GET /a").leave();
    assertThat(site.asked.getFirst().cancelled).isTrue();
    assertThat(aborted()).isEqualTo(2);
  }

  @Test
  void theBodyOfAnErrorIsReadUpToABoundWhileAStoredResponseStandsInForIt() {
    for (long length : new long[] {-1, 1_000_000}) {
      ByHand each = new ByHand(1);
      ByHand.Client first = each.asks("GET /a");
      each.asked.getFirst().answer(200, 0, STALE_ON_ERROR);
      each.asked.getFirst().finish();
      assertThat(first.whole).isTrue();
      each.letPass(11_000);
      ByHand.Client stale = each.asks("GET /a");
      ByHand.Asked error = each.asked.getLast();
      error.answer(503, length);
      assertThat(stale.whole).isTrue();
      for (int i = 0; i < 100 && !error.cancelled; i++) {
        error.data(4096);
      }
      assertThat(error.cancelled).isTrue();
      assertThat(each.runtime.counters().read().aborted()).isZero();
      assertThat(each.runtime.counters().read().requestsInProgress()).isZero();
    }
  }

  @Test
  void aShortErrorIsReadToItsEndSoThatItsConnectionStays() {
    store("/a", STALE_ON_ERROR);
    site.letPass(11_000);
    site.asks("GET /a");
    ByHand.Asked error = site.asked.getLast();
    error.answer(503, 4096);
    error.data(4096);
    error.finish();
    assertThat(error.cancelled).isFalse();
  }

  @Test
  void aSlowClientOfAFetchThatIsTooLongToStoreIsNotCutForTheOriginsSilence() {
    ByHand.Client slow = site.asks("GET /a");
    ByHand.Client fast = site.asks("GET /a");
    ByHand.Asked fetch = site.asked.getFirst();
    slow.most = 1;
    fetch.answer(200, -1, FRESH);
    long sent = 0;
    // Each piece of the slow one takes nearly as long as a silent origin has time.
    for (int i = 0; i < 60; i++) {
      while (ByHand.isWanted(fetch)) {
        fetch.data(60_000);
        sent += 60_000;
      }
      site.letPass(50_000);
      slow.most = slow.bytes;
      slow.take(1);
      if (i > 50) {
        // It takes a little of one piece only: its client is there, and the origin waits.
        site.letPass(20_000);
        slow.take(0);
      }
      assertThat(slow.aborted).isFalse();
      assertThat(fast.aborted).isFalse();
      assertThat(fetch.cancelled).isFalse();
    }
    assertThat(sent).isGreaterThan(ByHand.MEMORY_BYTES / 10);
    fetch.finish();
    for (int i = 0; i < 100 && !slow.whole; i++) {
      slow.take(1_000_000);
    }
    assertThat(slow.bytes).isEqualTo(sent);
    assertThat(fast.bytes).isEqualTo(sent);
  }

  @Test
  void aFetchWhoseOriginIsSilentIsCutForAll() {
    ByHand.Client first = site.asks("GET /a");
    ByHand.Client second = site.asks("GET /a");
    site.asked.getFirst().answer(200, 100, FRESH);
    site.asked.getFirst().data(10);
    site.letPass(62_000);
    assertThat(first.aborted).isTrue();
    assertThat(second.aborted).isTrue();
    nothingIsHeldOnceTheCacheIsClosed();
  }

  @Test
  void aRequestThatWhatItWaitedForIsNotForFetchesForItselfAfterOneRetry() {
    site.asks("GET /a", "X-A: 1", "X-B: 1", "X-C: 1");
    site.asks("GET /a", "X-A: 2", "X-B: 1", "X-C: 1");
    ByHand.Client third = site.asks("GET /a", "X-A: 2", "X-B: 3", "X-C: 3");
    ByHand.Client last = site.asks("GET /a", "X-A: 2", "X-B: 3", "X-C: 4");
    // Each response names another field, by which it is for none of those that wait.
    answer(0, "vary: X-A");
    assertThat(site.asked).hasSize(2);
    answer(1, "vary: X-B");
    assertThat(site.asked).hasSize(4);
    answer(2, "vary: X-C");
    answer(3, "vary: X-C");
    assertThat(third.status).isEqualTo(200);
    assertThat(last.status).isEqualTo(200);
    assertThat(site.asked).hasSize(4);
    assertThat(site.view().misses()).isEqualTo(4);
    assertThat(site.runtime.counters().read().attempts().failed()).isZero();
    nothingIsHeldOnceTheCacheIsClosed();
  }

  private void answer(int number, String vary) {
    site.asked.get(number).answer(200, 0, FRESH, vary);
    site.asked.get(number).finish();
  }

  @Test
  void whoWaitsForAFetchThatCannotBeginIsToldSoAtOnce() {
    store("/a", STALE_MEANWHILE);
    site.letPass(11_000);
    ByHand.Client stale = site.startsWithoutRunning("GET /a");
    assertThat(stale.whole).isTrue();
    ByHand.Client waiting = site.startsWithoutRunning("GET /a", "Cache-Control: max-age=5");
    assertThat(waiting.status).isZero();
    site.breaks = true;
    assertThatThrownBy(site::run).hasMessage("no attempt is made");
    site.run();
    assertThat(waiting.status).isEqualTo(503);
    site.breaks = false;
    nothingIsHeldOnceTheCacheIsClosed();
  }

  @Test
  void aLoopThatEndsValidatesNothingMoreAndFailsNothing() {
    store("/a", STALE_MEANWHILE);
    site.letPass(11_000);
    site.ended = true;
    assertThat(site.asks("GET /a").whole).isTrue();
    assertThat(site.cache.views().fills()).isZero();
    site.ended = false;
    // The next one begins the fetch.
    assertThat(site.asks("GET /a").whole).isTrue();
    assertThat(site.asked).hasSize(2);
    site.asked
        .getLast()
        .exchange
        .failed(site.asked.getLast(), new AttemptFailure(FailureKind.CLOSED, true));
    nothingIsHeldOnceTheCacheIsClosed();
  }
}
