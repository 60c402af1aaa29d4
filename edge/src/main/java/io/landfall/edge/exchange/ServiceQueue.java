package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.landfall.edge.TrafficSettings.Queue;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The requests to one service that wait on one event loop for a place among those in progress. How
 * many wait is bounded over all loops; which loop has a place next is not in order, on one loop
 * requests are.
 *
 * <p>Oldest first, as long as that one has waited for less than half of the time that it may. Then
 * the queue has stood for long, and those in front would end at their limit, or their clients
 * leave, before they are answered: the newest goes first, and the oldest are given up at their
 * limit (adaptive LIFO).
 *
 * <p>All but {@link #freed} is called on the event loop.
 */
final class ServiceQueue {
  private final ServiceName service;
  private final Exchanges loop;
  private final ServiceLoad load;
  private int mostWaiting;
  private long mostNanos;
  private final SequencedSet<QueuedAttempt> waiting = new LinkedHashSet<>();
  private final AtomicBoolean waking = new AtomicBoolean();

  ServiceQueue(ServiceName service, Exchanges loop) {
    this.service = service;
    this.loop = loop;
    this.load = loop.runtime().load(service);
    load.queues(this);
  }

  /** From now on so many may wait, for so long. */
  void bound(Queue settings) {
    mostWaiting = settings.mostWaiting();
    mostNanos = TimeUnit.MILLISECONDS.toNanos(settings.mostWaitMillis());
  }

  ServiceName service() {
    return service;
  }

  /** Whether a request may wait, as far as others do. */
  static boolean hasRoom(ServiceLoad load, Queue settings) {
    return load.waiting() < settings.mostWaiting();
  }

  /**
   * Takes a place among the requests in progress, if there is one and no request waits for it.
   *
   * @param most how many there may be
   * @return whether it was taken
   */
  boolean enter(int most) {
    return waiting.isEmpty() && load.enter(most);
  }

  /** Whether one more may wait. */
  boolean isOpen() {
    return load.waiting() < mostWaiting;
  }

  ServiceLoad load() {
    return load;
  }

  void add(QueuedAttempt attempt) {
    waiting.add(attempt);
    load.waits(1);
    loop.runtime().counters().queuedNow.increment();
    loop.runtime().counters().queued.increment();
    // A place may have become free since it was looked for.
    freed();
  }

  void remove(QueuedAttempt attempt) {
    if (waiting.remove(attempt)) {
      load.waits(-1);
      loop.runtime().counters().queuedNow.decrement();
    }
  }

  /** There may be a place now. Any thread may call it. */
  void freed() {
    if (waking.compareAndSet(false, true)) {
      loop.executor().execute(this::admit);
    }
  }

  /** The service may be another one now: with more places, or gone from the config. */
  void reconsider() {
    if (!waiting.isEmpty()) {
      freed();
    }
  }

  private void admit() {
    waking.set(false);
    EdgeSnapshot snapshot = loop.runtime().ports().snapshot();
    if (snapshot.view().numberOf(service).isEmpty()) {
      while (!waiting.isEmpty()) {
        QueuedAttempt first = waiting.getFirst();
        remove(first);
        first.givenUp();
      }
      return;
    }
    HostedService local = snapshot.local(service);
    // Without backends there is nothing to wait for a place at; those who wait go at their limit.
    while (local != null && !waiting.isEmpty() && load.enter(local.maxRequests())) {
      QueuedAttempt next = next(loop.runtime().clock().monotonicNanos());
      remove(next);
      next.admitted(load);
    }
  }

  private QueuedAttempt next(long nowNanos) {
    QueuedAttempt oldest = waiting.getFirst();
    return oldest.waitedNanos(nowNanos) > mostNanos / 2 ? waiting.getLast() : oldest;
  }

  /** Gives up those that have waited for too long. */
  void tick(long nowNanos) {
    while (!waiting.isEmpty() && waiting.getFirst().waitedNanos(nowNanos) > mostNanos) {
      QueuedAttempt late = waiting.getFirst();
      remove(late);
      loop.runtime().counters().queueTimeouts.increment();
      late.givenUp();
    }
  }
}
