package io.landfall.signal;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * A node in virtual time around {@link LocalSignals}: probers that see results, an inbox, a control
 * thread that reads it in the order of arrival and ticks at the deadline. Two things go wrong: the
 * control thread alone stands still while results pile up, and the whole process does, so that
 * probes time that too.
 */
final class VirtualNode {
  private static final long INTERVAL = 1_000 * Drive.MS;
  private static final long TIMEOUT = 500 * Drive.MS;

  /** What one backend is. */
  private static final class Backend {
    final ServiceName service;
    long diesAtNanos = Long.MAX_VALUE;
    boolean hangs;
    boolean published;

    /** When the first bad result was seen; the bound on its withdrawal counts from here. */
    OptionalLong firstBadNanos = OptionalLong.empty();

    Backend(ServiceName service) {
      this.service = service;
    }

    boolean isDead(long atNanos) {
      return atNanos >= diesAtNanos;
    }
  }

  private record Arrival(long atNanos, long number, SignalEvent.ProbeDone result) {}

  private record Pause(long fromNanos, long toNanos, boolean wholeProcess) {}

  private final Seeds random;

  /** The fall of all services; at 1 a single bad result withdraws. */
  private final int fall;

  private final LocalSignals signals;
  private final TreeMap<ServiceName, Backend> backends = new TreeMap<>();
  private final PriorityQueue<Arrival> inFlight =
      new PriorityQueue<>(
          Comparator.comparingLong(Arrival::atNanos).thenComparingLong(Arrival::number));
  private final Deque<Pause> pauses = new ArrayDeque<>();
  private final List<Pause> past = new ArrayList<>();
  private final List<String> late = new ArrayList<>();
  private long now;
  private long arrivals;
  private int out;

  /** Healthy services that were withdrawn: there should be none. */
  final List<String> healthyWithdrawn = new ArrayList<>();

  int withdrawn;
  int readLate;
  int timedOurStillness;
  int mostOut;

  /** A node some of whose services die, and that stands still three times. */
  VirtualNode(long seed, int services) {
    random = new Seeds(seed);
    fall = 1 + (int) (seed % 2);
    List<ServiceSpec> specs = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      ServiceName name = new ServiceName("s" + i);
      Backend backend = new Backend(name);
      backends.put(name, backend);
      if (random.chance(2)) {
        backend.diesAtNanos = (1_500 + random.below(3_000)) * Drive.MS;
        backend.hangs = random.chance(50);
      }
      specs.add(
          new ServiceSpec(
              name,
              List.of(new BackendAddress("10.0.0.7", 8080)),
              new ProbeSpec(
                  new ProbeSpec.Check.Tcp(), INTERVAL / Drive.MS, TIMEOUT / Drive.MS, fall, 2)));
    }
    signals = new LocalSignals(specs, now);
    boolean wholeProcess = random.chance(50);
    for (long from = 1_200; from < 6_000; from += 1_500 + random.below(500)) {
      long length = 50 + random.below(3_000);
      pauses.add(new Pause(from * Drive.MS, (from + length) * Drive.MS, wholeProcess));
      wholeProcess = !wholeProcess;
      from += length;
    }
  }

  /** One in so many backends hangs after two seconds, and the node stands still no more. */
  void hang(int oneIn) {
    pauses.clear();
    int i = 0;
    for (Backend backend : backends.values()) {
      backend.hangs = true;
      backend.diesAtNanos = i++ % oneIn == 0 ? 2_000 * Drive.MS : Long.MAX_VALUE;
    }
  }

  boolean isEvaluated() {
    return signals.isEvaluated();
  }

  /** Runs to a time. */
  void run(long untilNanos) {
    step(new SignalEvent.Tick());
    while (true) {
      long next = signals.deadlineNanos().orElse(Long.MAX_VALUE);
      if (!inFlight.isEmpty()) {
        next = Math.min(next, inFlight.element().atNanos());
      }
      if (next > untilNanos) {
        now = untilNanos;
        return;
      }
      now = awake(Math.max(now, next));
      readAll();
      OptionalLong deadline = signals.deadlineNanos();
      if (deadline.isPresent() && deadline.getAsLong() <= now) {
        step(new SignalEvent.Tick());
      }
    }
  }

  /** When the control thread runs that is to run at this time. */
  private long awake(long atNanos) {
    while (!pauses.isEmpty() && pauses.element().fromNanos() <= atNanos) {
      Pause pause = pauses.remove();
      past.add(pause);
      if (atNanos < pause.toNanos()) {
        return pause.toNanos();
      }
    }
    return atNanos;
  }

  private void readAll() {
    List<Arrival> arrived = new ArrayList<>();
    while (!inFlight.isEmpty() && inFlight.element().atNanos() <= now) {
      arrived.add(inFlight.remove());
    }
    // Threads that hand over results do so in any order.
    for (int i = arrived.size() - 1; i > 0; i--) {
      int other = (int) random.below(i + 1);
      Arrival moved = arrived.set(other, arrived.get(i));
      arrived.set(i, moved);
    }
    for (Arrival each : arrived) {
      out--;
      readLate += now - each.result().seenAtNanos() >= 1_000 * Drive.MS ? 1 : 0;
      step(each.result());
    }
  }

  private void step(SignalEvent event) {
    for (SignalEffect effect : signals.step(event, new Now(now, 0))) {
      switch (effect) {
        case SignalEffect.Changed(SignalChange change) -> changed(change);
        case SignalEffect.RunProbe probe -> run(probe);
        default -> {} // no hosts, no commands
      }
    }
  }

  private void run(SignalEffect.RunProbe probe) {
    mostOut = Math.max(mostOut, ++out);
    Backend backend = backend(probe.service());
    boolean ok = !backend.isDead(now);
    long takes = !ok && backend.hangs ? TIMEOUT : random.below(30 * Drive.MS);
    long seen = now + takes;
    // The prober is on another thread: it stands still only with the whole process.
    for (Pause pause : pauses) {
      if (pause.wholeProcess() && pause.fromNanos() <= seen && seen < pause.toNanos()) {
        seen = pause.toNanos() + random.below(20 * Drive.MS);
        if (ok && seen - now > TIMEOUT + 200 * Drive.MS && random.chance(50)) {
          ok = false;
          timedOurStillness++;
        }
      }
    }
    if (!ok && backend.isDead(now) && backend.firstBadNanos.isEmpty()) {
      backend.firstBadNanos = OptionalLong.of(seen);
    }
    inFlight.add(
        new Arrival(
            seen,
            arrivals++,
            new SignalEvent.ProbeDone(
                probe.service(), probe.ticket(), ok, ok ? "ok" : "timed out", seen)));
  }

  private Backend backend(ServiceName service) {
    return Objects.requireNonNull(backends.get(service));
  }

  private void changed(SignalChange change) {
    Backend backend = backend(change.service());
    backend.published = change.to() == Signal.UP;
    if (change.to() == Signal.DOWN) {
      withdrawn++;
      if (!backend.isDead(now)) {
        healthyWithdrawn.add(change + " at " + now);
      } else if (now - allowed(backend) > 0) {
        late.add(change + " at " + now + ", allowed until " + allowed(backend));
      }
    }
  }

  /** Until when a dead service may be up: the node's own standing still comes on top. */
  private long allowed(Backend backend) {
    long from = backend.firstBadNanos.orElse(now);
    long end = from + fall * (INTERVAL + TIMEOUT);
    for (Pause pause : past) {
      if (pause.fromNanos() <= end && pause.toNanos() >= from) {
        end += pause.toNanos() - Math.max(from, pause.fromNanos());
      }
    }
    return end;
  }

  /** Services that were withdrawn too late, or have to be withdrawn and are not. */
  List<String> overdue() {
    List<String> overdue = new ArrayList<>(late);
    for (Backend backend : backends.values()) {
      if (backend.published && backend.firstBadNanos.isPresent() && now - allowed(backend) > 0) {
        overdue.add(backend.service + " is still up at " + now);
      }
    }
    return overdue;
  }
}
