package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.HostedService;
import io.landfall.edge.TrafficSettings.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a request has of the queue of its service: it waits once at most, before its first attempt,
 * and has a place among the requests in progress then.
 */
final class QueueTurn {
  private final Exchange exchange;
  private final Exchanges all;
  private final Queue settings;
  private boolean waited;

  /** The place that it has before it is tried there; null if it has none. */
  private @Nullable ServiceLoad reserved;

  private QueueTurn(Exchange exchange, Exchanges all, Queue settings) {
    this.exchange = exchange;
    this.all = all;
    this.settings = settings;
  }

  /** What a request has of it; null if its service has no queue. */
  static @Nullable QueueTurn of(Exchange exchange, Arrived arrived) {
    Queue settings = arrived.queue();
    return settings == null ? null : new QueueTurn(exchange, arrived.loop(), settings);
  }

  /** Whether the request has neither waited nor a place. */
  boolean isUnused() {
    return !waited && reserved == null;
  }

  /** Whether a service takes the request though it may be full: it has a place, or may wait. */
  boolean isTaken(ServiceName service) {
    return reserved != null
        || (!waited && ServiceQueue.hasRoom(all.runtime().load(service), settings));
  }

  /**
   * Takes a place for the request, or lets it wait.
   *
   * @param service the service
   * @param local how it is hosted here
   * @return the attempt that waits; null if the request is tried now
   */
  @Nullable Attempt next(ServiceName service, HostedService local) {
    if (waited || reserved != null) {
      return null;
    }
    ServiceQueue queue = all.queue(service, settings);
    if (queue.enter(local.maxRequests())) {
      reserved = queue.load();
      return null;
    }
    if (!queue.isOpen()) {
      return null;
    }
    waited = true;
    return new QueuedAttempt(exchange, queue, all.runtime().clock().monotonicNanos());
  }

  /** The request has waited, and has a place. */
  void reserve(ServiceLoad place) {
    reserved = place;
  }

  /** The place that the request has, which its attempt here holds from now on. */
  @Nullable ServiceLoad take() {
    ServiceLoad place = reserved;
    reserved = null;
    return place;
  }

  /** An attempt begins elsewhere, or the request is over: it needs no place here. */
  void leave() {
    ServiceLoad place = take();
    if (place != null) {
      place.leave();
    }
  }
}
