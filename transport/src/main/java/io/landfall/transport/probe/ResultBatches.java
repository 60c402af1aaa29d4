package io.landfall.transport.probe;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands results to their owner, several with one wake-up of it. A failure goes at once, with all
 * that waits; a success waits for others, for {@link #HOLD_NANOS} at most, while other probes are
 * out. A result carries the time at which it was seen, so waiting changes no interval. On the
 * prober's event loop.
 */
final class ResultBatches {
  /** How long a success waits at most. */
  static final long HOLD_NANOS = 5_000_000L;

  private static final Logger log = LoggerFactory.getLogger(ResultBatches.class);

  private record Done(Consumer<ProbeResult> whenDone, ProbeResult result) {
    void handOver() {
      whenDone.accept(result);
    }
  }

  private final EventLoop loop;
  private final Executor delivery;
  private List<Done> held = new ArrayList<>();
  private boolean timed;

  ResultBatches(EventLoop loop, Executor delivery) {
    this.loop = loop;
    this.delivery = delivery;
  }

  /**
   * Adds a result.
   *
   * @param isLast whether no other is to be expected
   */
  void add(Consumer<ProbeResult> whenDone, ProbeResult result, boolean isLast) {
    held.add(new Done(whenDone, result));
    if (isLast || !result.ok()) {
      flush();
    } else if (!timed) {
      timed = true;
      var _ = loop.schedule(this::onTime, HOLD_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void onTime() {
    timed = false;
    flush();
  }

  private void flush() {
    if (held.isEmpty()) {
      return;
    }
    List<Done> batch = held;
    held = new ArrayList<>();
    try {
      delivery.execute(() -> batch.forEach(Done::handOver));
    } catch (RejectedExecutionException e) {
      log.debug("probe results came after their owner had closed");
    }
  }
}
