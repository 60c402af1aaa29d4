package io.landfall.signal;

import io.landfall.core.DeadlineQueue;
import io.landfall.core.InvariantBroken;
import io.landfall.signal.ProbeSpec.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Which probe starts next, and how many may be out at a time: {@link LocalSignals#MAX_CONNECTIONS}
 * that connect and {@link LocalSignals#MAX_COMMANDS} that run a command.
 *
 * <p>The bound is kept here and not in what runs them: a probe that waits for its turn there would
 * grow old, and be taken for lost, in our own queue. What is due and has no place waits in the
 * order in which it became due.
 */
final class ProbeSchedule {
  /**
   * Probes that are due within this time of those that were started before are started together:
   * each time costs a wake-up of the control thread.
   */
  static final long TOGETHER_NANOS = 5_000_000L;

  /**
   * The most probes that start in so short a time. After a pause all are due at once, and a host
   * with many services would drop connections that come faster.
   */
  static final int MAX_TOGETHER = 64;

  /** Probes of one kind. */
  private static final class Lane {
    final DeadlineQueue<ConfiguredService> due = new DeadlineQueue<>();
    final int most;
    int out;

    Lane(int most) {
      this.most = most;
    }
  }

  private final Lane connections = new Lane(LocalSignals.MAX_CONNECTIONS);
  private final Lane commands = new Lane(LocalSignals.MAX_COMMANDS);

  /** When the last probes were started together, and how many. */
  private long startedNanos;

  private int started;

  ProbeSchedule(long nowNanos) {
    startedNanos = nowNanos - TOGETHER_NANOS;
  }

  private Lane lane(ServiceHealth health) {
    return health.spec().check() instanceof Check.Exec ? commands : connections;
  }

  /**
   * A service's health took a step.
   *
   * @param outBefore how many of its probes were out before
   */
  void changed(ConfiguredService local, ServiceHealth health, int outBefore) {
    Lane lane = lane(health);
    lane.out += health.probing() - outBefore;
    if (lane.out < 0) {
      throw new InvariantBroken("no more probes come back than were out");
    }
    lane.due.set(local.dueEntry(), health.nextDueNanos());
  }

  /** A service is probed no more, or no more as it was: its probes that are out count no more. */
  void forget(ConfiguredService local, ServiceHealth health) {
    Lane lane = lane(health);
    lane.out -= health.probing();
    lane.due.set(local.dueEntry(), OptionalLong.empty());
  }

  /**
   * Starts what is due and has a place.
   *
   * @param onStarted called with each service with a probe that was started
   */
  List<SignalEffect.RunProbe> start(long nowNanos, Consumer<ConfiguredService> onStarted) {
    List<SignalEffect.RunProbe> probes = new ArrayList<>();
    if (nowNanos - startedNanos >= TOGETHER_NANOS) {
      started = 0;
    }
    start(connections, nowNanos, onStarted, probes);
    start(commands, nowNanos, onStarted, probes);
    return probes;
  }

  private void start(
      Lane lane,
      long nowNanos,
      Consumer<ConfiguredService> onStarted,
      List<SignalEffect.RunProbe> probes) {
    while (lane.out < lane.most && started < MAX_TOGETHER) {
      Optional<ConfiguredService> local = lane.due.due(nowNanos);
      if (local.isEmpty()) {
        return;
      }
      ServiceHealth health = local.get().hostedHealth();
      startedNanos = started == 0 ? nowNanos : startedNanos;
      int most = Math.min(lane.most - lane.out, MAX_TOGETHER - started);
      for (ProbeTicket ticket : health.dueProbes(nowNanos, most)) {
        lane.out++;
        started++;
        probes.add(
            new SignalEffect.RunProbe(
                local.get().spec().name(),
                ticket,
                health.spec(),
                health.addresses().get(ticket.backendIndex()),
                health.connection(ticket.backendIndex())));
      }
      lane.due.set(local.get().dueEntry(), health.nextDueNanos());
      onStarted.accept(local.get());
    }
  }

  /** When {@link #start} next has something to do, as far as time alone is concerned. */
  OptionalLong deadlineNanos() {
    OptionalLong first = earlier(first(connections), first(commands));
    long together = startedNanos + TOGETHER_NANOS;
    return first.isPresent() && first.getAsLong() - together < 0
        ? OptionalLong.of(together)
        : first;
  }

  private static OptionalLong first(Lane lane) {
    return lane.out < lane.most ? lane.due.firstNanos() : OptionalLong.empty();
  }

  /** The earlier of two deadlines. */
  static OptionalLong earlier(OptionalLong a, OptionalLong b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return a.getAsLong() - b.getAsLong() <= 0 ? a : b;
  }
}
