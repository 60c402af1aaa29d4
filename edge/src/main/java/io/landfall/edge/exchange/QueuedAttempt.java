package io.landfall.edge.exchange;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.netty.buffer.ByteBuf;

/**
 * A request that waits until its service has fewer requests in progress here than it may: a place
 * that takes nothing of the request, and hands it back when there is room or the time is over.
 */
final class QueuedAttempt implements Attempt {
  private final Exchange exchange;
  private final ServiceQueue queue;
  private final long sinceNanos;

  QueuedAttempt(Exchange exchange, ServiceQueue queue, long nowNanos) {
    this.exchange = exchange;
    this.queue = queue;
    this.sinceNanos = nowNanos;
  }

  /** How long it has waited. */
  long waitedNanos(long nowNanos) {
    return nowNanos - sinceNanos;
  }

  /** It has a place among the requests in progress, which the request holds from now on. */
  void admitted(ServiceLoad load) {
    exchange.attempts().reserve(load);
    exchange.released(this);
  }

  /** There is no place for it, or was none in time: the request goes on without, to other sites. */
  void givenUp() {
    exchange.released(this);
  }

  @Override
  public Object place() {
    return this;
  }

  @Override
  public String name() {
    return "queue";
  }

  @Override
  public String nextHop() {
    return "";
  }

  @Override
  public boolean isForward() {
    return false;
  }

  @Override
  public boolean hasOwnLimit() {
    return true;
  }

  @Override
  public boolean triesNoPlace() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    HostedService local = snapshot.local(queue.service());
    return local != null
        && !local.backends().isEmpty()
        && snapshot
            .view()
            .route(exchange.request().host(), exchange.request().routingTarget())
            .map(route -> route.service())
            .filter(service -> service.name().equals(queue.service()))
            .map(service -> service.local() != Signal.DOWN)
            .orElse(false);
  }

  @Override
  public void start() {
    queue.add(this);
  }

  @Override
  public void body(ByteBuf data) {
    data.release();
  }

  @Override
  public void end() {
    // It is never ready, so nothing of the request comes here.
  }

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public void flush() {
    // Nothing was sent.
  }

  @Override
  public void resume() {
    // There is no response.
  }

  @Override
  public void cancel() {
    queue.remove(this);
  }

  @Override
  public void timedOut() {
    // There is no response that could be late.
  }
}
