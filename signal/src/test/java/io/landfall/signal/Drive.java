package io.landfall.signal;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Drives signals of one service from deadline to deadline, as the node does, with probes that take
 * no time.
 */
final class Drive {
  static final long MS = 1_000_000L;
  static final ServiceName SHOP = new ServiceName("shop");
  static final ServiceName MEDIA = new ServiceName("media");

  record Published(long atNanos, SignalChange change) {}

  /** What one event led to. */
  record Step(List<SignalChange> changes, SignalAnswer answer) {}

  final LocalSignals signals;
  final List<Published> published = new ArrayList<>();

  /** The probes that are out. */
  final Deque<SignalEffect.RunProbe> probes = new ArrayDeque<>();

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

  Step step(SignalEvent event) {
    List<SignalChange> changes = new ArrayList<>();
    SignalAnswer answer = new SignalAnswer.Done();
    for (SignalEffect effect : signals.step(event, new Now(now, 0))) {
      switch (effect) {
        case SignalEffect.Changed(SignalChange change) -> {
          changes.add(change);
          published.add(new Published(now, change));
        }
        case SignalEffect.RunProbe probe -> probes.add(probe);
        case SignalEffect.Answered answered -> answer = answered.answer();
        case SignalEffect.BackendsChanged _,
            SignalEffect.BackendTurned _,
            SignalEffect.EvaluatedOnce _ -> {}
      }
    }
    return new Step(changes, answer);
  }

  /** Moves to the next deadline. */
  void runToDeadline() {
    now = signals.deadlineNanos().orElseThrow();
    step(new SignalEvent.Tick());
  }

  /** The oldest probe that is out has this result, seen now. */
  Step answer(boolean ok, String why) {
    SignalEffect.RunProbe probe = probes.remove();
    return step(new SignalEvent.ProbeDone(probe.service(), probe.ticket(), ok, why, now));
  }

  /** Runs to a time; every probe due on the way sees the backend as it is then. */
  void runTo(long untilNanos, BooleanSupplier backendWorks) {
    while (true) {
      step(new SignalEvent.Tick());
      while (!probes.isEmpty()) {
        boolean ok = backendWorks.getAsBoolean();
        answer(ok, ok ? "ok" : "refused");
      }
      OptionalLong deadline = signals.deadlineNanos();
      if (deadline.isEmpty() || deadline.getAsLong() - untilNanos > 0) {
        now = untilNanos;
        step(new SignalEvent.Tick());
        return;
      }
      // The clock may wrap, so times are compared by their difference.
      now = deadline.getAsLong() - now > 0 ? deadline.getAsLong() : now;
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
