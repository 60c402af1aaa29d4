package io.landfall.node;

import io.landfall.core.Clock;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.core.Timers;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Runs one {@link Machine} with a real clock and one timer: events in the order of their arrival,
 * the effects of each carried out in theirs before the next event, and a tick at the machine's
 * deadline. Carrying out an effect may lead to a further event, which then waits its turn.
 *
 * <p>On the thread of the timers only.
 *
 * @param <E> the machine's events
 * @param <F> the machine's effects
 */
public final class Driver<E, F> {
  private final Machine<E, F> machine;
  private final Clock clock;
  private final E tick;
  private final Consumer<? super F> effects;
  private final ControlTimer timer;

  /** Bounded by what the effects of one step lead to. */
  private final ArrayDeque<E> waiting = new ArrayDeque<>();

  private Runnable beforeTick = () -> {};
  private boolean stepping;
  private boolean stopped;

  /**
   * A driver of a machine at rest.
   *
   * @param timers timers that fire on the thread that owns the machine
   * @param tick the machine's event for a deadline that was reached
   * @param effects carries out one effect
   */
  public Driver(
      Machine<E, F> machine, Clock clock, Timers timers, E tick, Consumer<? super F> effects) {
    this(machine, clock, timers, tick, effects, ControlTimer.GRACE_NANOS);
  }

  private Driver(
      Machine<E, F> machine,
      Clock clock,
      Timers timers,
      E tick,
      Consumer<? super F> effects,
      long graceNanos) {
    this.machine = machine;
    this.clock = clock;
    this.tick = tick;
    this.effects = effects;
    this.timer = new ControlTimer(clock, timers, this::tick, graceNanos);
  }

  /**
   * The same for a machine to which no other thread hands anything, so that a tick after a pause of
   * this process waits for none.
   */
  public static <E, F> Driver<E, F> withoutGrace(
      Machine<E, F> machine, Clock clock, Timers timers, E tick, Consumer<? super F> effects) {
    return new Driver<>(machine, clock, timers, tick, effects, 0);
  }

  /** From now on this is done before each tick: reading what has arrived. */
  Driver<E, F> before(Runnable read) {
    beforeTick = read;
    return this;
  }

  /** Steps the machine with an event and carries out what it asks for. */
  public void apply(E event) {
    if (stopped) {
      return;
    }
    waiting.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      for (E next = waiting.poll(); next != null; next = waiting.poll()) {
        for (F effect : machine.step(next, Now.of(clock))) {
          effects.accept(effect);
        }
      }
    } finally {
      stepping = false;
    }
    if (!stopped) {
      timer.arm(machine.deadlineNanos());
    }
  }

  /** Reads what has arrived, and lets the machine look at the time. */
  void tick() {
    beforeTick.run();
    apply(tick);
  }

  /** Steps the machine no more. */
  public void stop() {
    stopped = true;
    waiting.clear();
    timer.stop();
  }
}
