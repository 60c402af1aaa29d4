package io.landfall.core;

import java.util.List;
import java.util.OptionalLong;

/**
 * A state object that is driven in the one way in which everything is: events in, effects out.
 *
 * <p>It has no thread, clock, socket or randomness of its own, so the driver of a running node and
 * the simulator run the same object. The driver steps it with each event in the order of arrival,
 * carries out the effects in their order, and steps it with the machine's own tick event at its
 * deadline. It reads what has arrived before it ticks: a tick is what declares something late or
 * lost.
 *
 * @param <E> events
 * @param <F> effects
 */
public interface Machine<E, F> {
  /**
   * Applies one event.
   *
   * @param now the time of the step; it never goes back
   * @return what the driver must do, in this order
   * @throws InvariantBroken on a bug; never for bad input
   */
  List<F> step(E event, Now now);

  /**
   * When the next tick is due, by the monotonic clock; empty when nothing waits for time. It may
   * change with every step, and may lie in the past.
   */
  OptionalLong deadlineNanos();
}
