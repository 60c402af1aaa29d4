package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.RequestSpans;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.access.AccessLines;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.HttpDate;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.loop.LoopTime;
import io.netty.util.AsciiString;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The requests in progress of one event loop, and what they share. Touched by that loop only, but
 * for {@link #recent} and {@link #traffic}.
 *
 * <p>Timeouts are found by walking the list several times a second: cheaper than a timer per
 * request, which nearly always would be cancelled.
 */
public final class Exchanges {
  private final EdgeRuntime runtime;
  private final LoopTime time;
  private final Destinations destinations;
  private final RecentDecisions recent = new RecentDecisions();
  private final LoopTraffic traffic = new LoopTraffic();
  private final @Nullable AccessLines lines;
  private final @Nullable AccessRecords access;
  private final WatchedRequests watched;
  private final KeptRequests kept;
  private final Executor executor;
  private final CacheUse cache;
  private final HttpDate date;
  private final AbortLimiter aborters = new AbortLimiter();
  private final BackendChoice choice;
  private final SplittableRandom random;

  // As many as services with such a bound.
  private final Map<ServiceName, RepeatBudget> budgets = new HashMap<>();

  /** The queues in which a request has waited; as many as services at the most. */
  private final Map<ServiceName, ServiceQueue> queues = new LinkedHashMap<>(0);

  private @Nullable Exchange first;

  /**
   * No request yet.
   *
   * @param runtime what all loops share
   * @param time this loop's time
   * @param destinations where this loop can send requests
   * @param executor runs tasks on this loop
   * @param cache the cache, as this loop uses it
   */
  public Exchanges(
      EdgeRuntime runtime,
      LoopTime time,
      Destinations destinations,
      Executor executor,
      CacheUse cache) {
    this.lines = runtime.accessLog().map(AccessLog::ofLoop).orElse(null);
    this.access = lines == null ? null : new AccessRecords(lines, runtime.settings().node());
    this.watched = new WatchedRequests(runtime.watches(), runtime.settings().node());
    this.kept = new KeptRequests(runtime.settings().loops(), runtime.spans());
    this.cache = cache;
    this.executor = executor;
    this.runtime = runtime;
    this.time = time;
    this.destinations = destinations;
    this.random = new SplittableRandom();
    this.choice = new BackendChoice(destinations, random.split());
    this.date = new HttpDate(runtime.clock());
  }

  /** How many attempts of a service may be repeats; null without a bound. */
  @Nullable RepeatBudget budget(ServiceName service) {
    Integer percent = runtime.settings().retries().percents().get(service);
    if (percent == null) {
      return null;
    }
    RepeatBudget budget = budgets.computeIfAbsent(service, name -> new RepeatBudget());
    budget.allow(percent);
    return budget;
  }

  /** Runs tasks on this event loop; any thread may ask. */
  public Executor executor() {
    return executor;
  }

  /** The cache. */
  CacheUse cache() {
    return cache;
  }

  /** What all loops share. */
  public EdgeRuntime runtime() {
    return runtime;
  }

  /** The value of a Date field now. */
  public AsciiString date() {
    return date.now();
  }

  /** The newest finished requests, in no order; any thread may ask. */
  public List<DecisionRecord> recent() {
    return recent.all();
  }

  /** The newest finished requests with this id, in no order; any thread may ask. */
  public List<FinishedRequest> find(String id) {
    return kept.find(id);
  }

  /** What is counted of requests; any thread may read it. */
  public LoopTraffic traffic() {
    return traffic;
  }

  /** These services have left the config. */
  public void gone(Set<ServiceName> services) {
    traffic.gone(services);
    // By each loop: one that still had the config of before has counted until now.
    runtime.gone(services);
  }

  /** The time of the loop's last tick. */
  public long nowNanos() {
    return time.nowNanos();
  }

  Destinations destinations() {
    return destinations;
  }

  /** The clients that break off forwarded requests. */
  AbortLimiter aborters() {
    return aborters;
  }

  /** A client has broken off a forwarded request. */
  void brokenOff(Downstream client) {
    aborters.add(client.remote(), nowNanos());
  }

  /** Whether the client broke off so many forwarded requests that it gets no more for a while. */
  boolean breaksOffTooMuch(Downstream client) {
    boolean tooMuch =
        !client.hasWaitedForForwards() && aborters.isOver(client.remote(), nowNanos());
    if (tooMuch) {
      runtime.counters().declinedAborters.increment();
    }
    return tooMuch;
  }

  /** Which backend of a service gets the next request. */
  BackendChoice choice() {
    return choice;
  }

  /** The requests of this loop to a service that wait for a place at its backends. */
  ServiceQueue queue(ServiceName service, Queue settings) {
    ServiceQueue queue = queues.computeIfAbsent(service, name -> new ServiceQueue(name, this));
    queue.bound(settings);
    return queue;
  }

  void add(Exchange exchange) {
    runtime.counters().inProgress.increment();
    exchange.log.begun(traffic, exchange.arrived.isFill());
    exchange.next = first;
    if (first != null) {
      first.previous = exchange;
    }
    first = exchange;
  }

  /** An exchange is over; one of the cache's own is only found by the id of who waits for it. */
  void remove(Exchange exchange, @Nullable RequestLog log) {
    runtime.counters().inProgress.decrement();
    Exchange before = exchange.previous;
    Exchange after = exchange.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    // The links of a removed exchange stay, so that a walk that stands on it can go on.
    exchange.previous = null;
    long micros = exchange.log.micros();
    long wallMillis = runtime.clock().wallMillis();
    kept.add(exchange.log, wallMillis, micros);
    if (log != null) {
      log.over(micros);
      recent.add(log, wallMillis, micros);
      if (access != null) {
        access.add(log, wallMillis, micros);
      }
      watched.add(log, wallMillis, micros);
    }
  }

  /** By what a request is found again. */
  RequestTrace trace(FieldLines fields, RequestTrace.Sender sender) {
    RequestSpans spans = runtime.spans();
    return RequestTrace.of(fields, sender, spans == null ? -1 : spans.share(), random);
  }

  /** The gate refused what a client sent, with this answer, which was not sent yet. */
  public void refused(SocketAddress client, HttpViolation rule, LocalResponses.Answer answer) {
    if (access != null) {
      access.refused(client, rule, answer, runtime.clock().wallMillis());
    }
  }

  /**
   * Lets requests to these services that wait for a place that is gone go elsewhere, and those in
   * queues go on that need not wait any more.
   */
  public void reconsider(Set<ServiceName> changed) {
    EdgeSnapshot snapshot = runtime.ports().snapshot();
    traffic.hosted(snapshot, changed);
    Exchange at = first;
    while (at != null) {
      Exchange following = at.next;
      at.reconsider(snapshot, changed);
      at = following;
    }
    queues.values().forEach(ServiceQueue::reconsider);
  }

  /** The node knows now what there is: requests that waited for that are decided. */
  public void started() {
    Exchange at = first;
    while (at != null) {
      Exchange following = at.next;
      at.started();
      at = following;
    }
  }

  /** Ends all tunnels in order: the time that a stop waits for them is over. */
  public void endTunnels() {
    Exchange at = first;
    while (at != null) {
      Exchange following = at.next;
      at.endTunnel();
      at = following;
    }
  }

  /** Ends what has waited too long. */
  public void tick(long nowNanos) {
    if (lines != null) {
      lines.tick(nowNanos);
    }
    Exchange at = first;
    while (at != null) {
      Exchange following = at.next;
      at.tick(nowNanos);
      at = following;
    }
    // A copy: behind one that is given up its client's next request may begin another queue.
    for (ServiceQueue queue : List.copyOf(queues.values())) {
      queue.tick(nowNanos);
    }
  }
}
