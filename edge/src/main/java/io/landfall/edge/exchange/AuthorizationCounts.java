package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.AuthorizationView;
import io.landfall.edge.AuthorizationView.Result;
import java.util.EnumMap;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the authorization service of one service is asked, over all event loops. */
final class AuthorizationCounts {
  private static final Logger LOG = LoggerFactory.getLogger("landfall.edge");

  /** Whoever sends requests chooses how many fail: one line for each so long. */
  private static final long LOG_NANOS = 60_000_000_000L;

  /** So many questions in a row without an answer: the service is taken for dead. */
  static final int DEAD_AFTER = 5;

  private final ServiceName service;
  private final ServiceLoad inFlight = new ServiceLoad();
  private final LongAdder inFlightNow = new LongAdder();
  private final EnumMap<Result, LongAdder> results = new EnumMap<>(Result.class);
  private final AtomicLong loggedNanos;

  /** Questions since the last answer that counts. */
  private final AtomicLong unanswered = new AtomicLong();

  private volatile String why = "";

  AuthorizationCounts(ServiceName service, long nowNanos) {
    this.service = service;
    this.loggedNanos = new AtomicLong(nowNanos - LOG_NANOS);
    for (Result result : Result.values()) {
      results.put(result, new LongAdder());
    }
  }

  /** One more request waits, if no more than so many do. */
  boolean enter(int most) {
    boolean entered = inFlight.enter(most);
    if (entered) {
      inFlightNow.increment();
    }
    return entered;
  }

  /** One that has entered waits no longer. */
  void leave() {
    inFlight.leave();
    inFlightNow.decrement();
  }

  /** There was an answer that counts. */
  void answered(Result result) {
    // A look is cheap; a write would be one for each request.
    if (unanswered.get() != 0) {
      unanswered.set(0);
    }
    count(result);
  }

  private void count(Result result) {
    LongAdder adder = results.get(result);
    if (adder != null) {
      adder.increment();
    }
  }

  /** There was no answer that counts. */
  void failed(Result result, String why, long nowNanos) {
    count(result);
    this.why = why;
    unanswered.incrementAndGet();
    long last = loggedNanos.get();
    if (nowNanos - last >= LOG_NANOS && loggedNanos.compareAndSet(last, nowNanos)) {
      LOG.atWarn()
          .addKeyValue("service", service)
          .addKeyValue("why", why)
          .addKeyValue("request", result == Result.FAILED ? "refused" : "goes on")
          .log("the authorization service gave no answer; no more of this for a minute");
    }
  }

  AuthorizationView view() {
    EnumMap<Result, Long> counts = new EnumMap<>(Result.class);
    results.forEach((result, adder) -> counts.put(result, adder.sum()));
    long since = unanswered.get();
    return new AuthorizationView(
        service,
        Math.max(0, inFlightNow.sum()),
        counts,
        since < DEAD_AFTER
            ? Optional.empty()
            : Optional.of("gave no answer to the last " + since + " requests: " + why));
  }
}
