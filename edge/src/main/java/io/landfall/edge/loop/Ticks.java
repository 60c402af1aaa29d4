package io.landfall.edge.loop;

import java.util.List;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one event loop does several times a second: ends what has waited too long. A fault of this
 * program in one of these is logged and ends neither the others nor the next round: without it
 * nothing on the loop would time out any more, and no line would show it. Of one event loop.
 */
public final class Ticks {
  private static final Logger LOG = LoggerFactory.getLogger(Ticks.class);

  private final List<LongConsumer> parts;

  /** Of these, in this order; each is given the time in nanoseconds. */
  public Ticks(List<LongConsumer> parts) {
    this.parts = List.copyOf(parts);
  }

  /** One round. */
  public void run(long atNanos) {
    for (LongConsumer part : parts) {
      try {
        part.accept(atNanos);
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("a fault in a tick of an event loop; the next one goes on");
      }
    }
  }
}
