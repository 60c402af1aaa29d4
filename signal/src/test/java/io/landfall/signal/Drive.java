package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Drives signals of one service from deadline to deadline, as the node does, with probes that take
 * no time.
 */
final class Drive {
  static final long MS = 1_000_000L;
  static final ServiceName SHOP = new ServiceName("shop");
  static final ServiceName MEDIA = new ServiceName("media");

  record Told(long atNanos, SignalChange change) {}

  final LocalSignals signals;
  final List<Told> told = new ArrayList<>();
  long now;

  Drive(long startNanos) {
    now = startNanos;
    ProbeSpec probe = new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1);
    signals =
        new LocalSignals(
            List.of(
                new ServiceSpec(SHOP, List.of(new BackendAddress("10.0.0.7", 8080)), probe),
                new ServiceSpec(MEDIA, List.of(), ProbeSpec.defaultProbe())),
            now);
  }

  SignalStep step(SignalEvent event) {
    SignalStep step = signals.step(event, now);
    step.changes().forEach(change -> told.add(new Told(now, change)));
    return step;
  }

  /** Runs to a time; every probe due on the way sees the backend as it is then. */
  void runTo(long untilNanos, BooleanSupplier backendWorks) {
    while (true) {
      for (ProbeOrder order : signals.dueProbes(now)) {
        boolean ok = backendWorks.getAsBoolean();
        step(new SignalEvent.ProbeDone(order.service(), order.ticket(), ok, ok ? "ok" : "refused"));
      }
      step(new SignalEvent.Tick());
      long deadline = signals.deadlineNanos();
      if (deadline == Long.MAX_VALUE || deadline - untilNanos > 0) {
        now = untilNanos;
        step(new SignalEvent.Tick());
        return;
      }
      // The clock may wrap, so times are compared by their difference.
      now = deadline - now > 0 ? deadline : now;
    }
  }

  void runFor(long nanos, boolean backendWorks) {
    runTo(now + nanos, () -> backendWorks);
  }

  Signal signal() {
    return signals.signal(SHOP);
  }

  LocalServiceView view() {
    return signals.view(now).stream()
        .filter(v -> v.service().equals(SHOP))
        .findFirst()
        .orElseThrow();
  }

  static SignalEvent announce(long ttlMillis, long incarnation, long sequence) {
    return new SignalEvent.Announce(
        SHOP,
        Optional.of(
            new SignalEvent.LeaseRequest(
                ttlMillis * MS, Optional.of(new SignalEvent.Fence(incarnation, sequence)))));
  }

  static SignalEvent announce() {
    return new SignalEvent.Announce(SHOP, Optional.empty());
  }

  static SignalEvent announce(long ttlMillis) {
    return new SignalEvent.Announce(
        SHOP, Optional.of(new SignalEvent.LeaseRequest(ttlMillis * MS, Optional.empty())));
  }
}
