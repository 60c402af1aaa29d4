package io.landfall.signal;

import io.landfall.core.InvariantBroken;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * The health of one service at this site: up while at least one of its backends is.
 * Single-threaded, driven by deadlines; probes are run by the owner. Times are monotonic
 * nanoseconds.
 */
public final class ServiceHealth {
  /** The most backends that a service may have at one site. */
  public static final int MAX_BACKENDS = 256;

  private final ProbeSpec spec;
  private final List<BackendAddress> addresses;
  private final BackendHealth[] backends;

  // Of all backends, counted anew whenever one of them took a step.
  private int up;
  private int evaluated;
  private int probing;
  private OptionalLong nextDueNanos = OptionalLong.empty();
  private OptionalLong nextLostNanos = OptionalLong.empty();

  /** How often a backend had its first verdict, or went up or down. */
  private long turns;

  /**
   * Every backend's first probe is due now.
   *
   * @throws IllegalArgumentException when there is no backend, or there are too many
   */
  public ServiceHealth(ProbeSpec spec, List<BackendAddress> addresses, long nowNanos) {
    this(spec, addresses, backend -> nowNanos);
  }

  /** As above, but with a time for the first probe of each backend, by its index. */
  ServiceHealth(ProbeSpec spec, List<BackendAddress> addresses, IntToLongFunction firstDueNanos) {
    if (addresses.isEmpty() || addresses.size() > MAX_BACKENDS) {
      throw new IllegalArgumentException(
          "a service has 1 to " + MAX_BACKENDS + " backends, not " + addresses.size());
    }
    this.spec = spec;
    this.addresses = List.copyOf(addresses);
    this.backends = new BackendHealth[addresses.size()];
    for (int i = 0; i < backends.length; i++) {
      backends[i] = new BackendHealth(spec, firstDueNanos.applyAsLong(i), 0);
    }
    count();
  }

  /**
   * The health of a service whose backends or probe have changed: what is known of the backends
   * that it had before stays. The result of a probe that is out is ignored.
   */
  ServiceHealth(
      ServiceHealth before,
      ProbeSpec spec,
      List<BackendAddress> addresses,
      IntToLongFunction firstDueNanos,
      long nowNanos) {
    this(spec, addresses, firstDueNanos);
    long probes = 0;
    for (BackendHealth backend : before.backends) {
      probes = Math.max(probes, backend.probes());
    }
    int[] from = before.places(addresses);
    for (int i = 0; i < backends.length; i++) {
      backends[i] =
          from[i] < 0
              ? new BackendHealth(spec, backends[i].deadlineNanos(), probes)
              : new BackendHealth(before.backends[from[i]], spec, probes, nowNanos);
    }
    turns = before.turns + 1;
    count();
  }

  /** The index here of each of these backends, each backend here taken once; -1 for a new one. */
  int[] places(List<BackendAddress> others) {
    BitSet taken = new BitSet();
    int[] places = new int[others.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = -1;
      for (int at = 0; at < addresses.size() && places[i] < 0; at++) {
        if (!taken.get(at) && addresses.get(at).equals(others.get(i))) {
          taken.set(at);
          places[i] = at;
        }
      }
    }
    return places;
  }

  private void count() {
    up = 0;
    evaluated = 0;
    probing = 0;
    nextDueNanos = OptionalLong.empty();
    nextLostNanos = OptionalLong.empty();
    for (BackendHealth backend : backends) {
      up += backend.isUp() ? 1 : 0;
      evaluated += backend.isEvaluated() ? 1 : 0;
      if (backend.isProbing()) {
        probing++;
        nextLostNanos = earlier(nextLostNanos, backend.deadlineNanos());
      } else {
        nextDueNanos = earlier(nextDueNanos, backend.deadlineNanos());
      }
    }
  }

  private static OptionalLong earlier(OptionalLong a, long b) {
    return a.isPresent() && a.getAsLong() - b <= 0 ? a : OptionalLong.of(b);
  }

  /** One backend takes a step. */
  private void on(int backendIndex, Consumer<BackendHealth> step) {
    if (backendIndex >= 0 && backendIndex < backends.length) {
      BackendHealth backend = backends[backendIndex];
      boolean before = backend.isUp();
      boolean evaluatedBefore = backend.isEvaluated();
      step.accept(backend);
      turns += backend.isUp() == before && backend.isEvaluated() == evaluatedBefore ? 0 : 1;
      count();
    }
  }

  /** How the backends are checked. */
  public ProbeSpec spec() {
    return spec;
  }

  /** The backends, in the order of the configuration. */
  public List<BackendAddress> addresses() {
    return addresses;
  }

  /** Whether every backend has had a first verdict. */
  public boolean isEvaluated() {
    return evaluated == backends.length;
  }

  /** Whether at least one backend is up. */
  public boolean isUp() {
    return up > 0;
  }

  /** Whether this backend is up. */
  public boolean isUp(int backendIndex) {
    return backends[backendIndex].isUp();
  }

  /** Whether this backend has had a first verdict. */
  boolean isEvaluated(int backendIndex) {
    return backends[backendIndex].isEvaluated();
  }

  /** How this backend failed last, until it is up again. */
  Optional<String> lastError(int backendIndex) {
    return backends[backendIndex].lastError();
  }

  /** The probes to run now; each is taken once, and its result is owed. */
  public List<ProbeTicket> dueProbes(long nowNanos) {
    return dueProbes(nowNanos, MAX_BACKENDS);
  }

  /** As above, but at most so many: those that are due for longest. */
  List<ProbeTicket> dueProbes(long nowNanos, int most) {
    List<ProbeTicket> due = new ArrayList<>();
    while (due.size() < most
        && nextDueNanos.isPresent()
        && nowNanos - nextDueNanos.getAsLong() >= 0) {
      due.add(takeFirstDue(nextDueNanos.getAsLong(), nowNanos));
    }
    return due;
  }

  private ProbeTicket takeFirstDue(long dueNanos, long nowNanos) {
    for (int i = 0; i < backends.length; i++) {
      if (!backends[i].isProbing() && backends[i].deadlineNanos() == dueNanos) {
        long attempt = backends[i].start(nowNanos);
        count();
        return new ProbeTicket(i, attempt);
      }
    }
    throw new InvariantBroken("a backend is due when the earliest of them is");
  }

  /**
   * Probes that are out for too long count as failed. What has arrived has to be read before this
   * is asked.
   */
  public void giveUpLost(long nowNanos) {
    for (int i = 0; i < backends.length; i++) {
      if (backends[i].isProbing() && nowNanos - backends[i].deadlineNanos() >= 0) {
        on(i, backend -> backend.giveUpLost(nowNanos));
      }
    }
  }

  /**
   * The result of a probe; of one that is out no more it is ignored.
   *
   * @param seenAtNanos when the prober saw it
   */
  public void probeResult(
      ProbeTicket ticket, boolean ok, String why, long seenAtNanos, long nowNanos) {
    on(
        ticket.backendIndex(),
        backend -> backend.result(ticket.attempt(), ok, why, seenAtNanos, nowNanos));
  }

  /** A probe could not be run; of one that is out no more it is ignored. */
  public void probeNotRun(ProbeTicket ticket, long nowNanos) {
    on(ticket.backendIndex(), backend -> backend.notRun(ticket.attempt(), nowNanos));
  }

  /** The data plane saw this backend refuse a connection. */
  public void backendRefused(int backendIndex, String why, long nowNanos) {
    on(backendIndex, backend -> backend.refused(why, nowNanos));
  }

  /** The data plane saw what may mean that this backend is dead, and may not. */
  public void backendInDoubt(int backendIndex, String why, long nowNanos) {
    on(backendIndex, backend -> backend.doubted(why, nowNanos));
  }

  /** The first probes are due so much later; before any has started. */
  void postpone(long nanos) {
    for (BackendHealth backend : backends) {
      backend.postpone(nanos);
    }
    count();
  }

  /** Over which connection this backend is to be asked now. */
  SignalEffect.Connection connection(int backendIndex) {
    return backends[backendIndex].isInDoubt()
        ? SignalEffect.Connection.NEW
        : SignalEffect.Connection.KEPT_IF_OPEN;
  }

  /** How many probes are out. */
  int probing() {
    return probing;
  }

  /** How often a backend had its first verdict, or went up or down, so far. */
  long turns() {
    return turns;
  }

  /** When a backend without a probe that is out is due for one. */
  OptionalLong nextDueNanos() {
    return nextDueNanos;
  }

  /** When a probe that is out is given up. */
  OptionalLong nextLostNanos() {
    return nextLostNanos;
  }

  /** The monotonic time at which a probe is due, or one that is out is given up. */
  public long deadlineNanos() {
    return nextDueNanos.isPresent()
        ? earlier(nextLostNanos, nextDueNanos.getAsLong()).getAsLong()
        : nextLostNanos.getAsLong();
  }

  /** Why the service is as it is, for a person. */
  public String why() {
    if (!isEvaluated() && !isUp()) {
      return "no probe has answered yet";
    }
    String error = "";
    for (BackendHealth backend : backends) {
      error = error.isEmpty() ? backend.lastError().orElse("") : error;
    }
    if (up > 0) {
      return up + " of " + backends.length + " backends up";
    }
    return (backends.length == 1 ? "its backend is down: " : "all backends are down: ") + error;
  }

  /**
   * The backends as a person sees them.
   *
   * @param isDrained whether an operator has drained one, by index
   */
  public List<BackendView> view(IntPredicate isDrained) {
    List<BackendView> views = new ArrayList<>();
    for (int i = 0; i < backends.length; i++) {
      BackendHealth backend = backends[i];
      views.add(
          new BackendView(
              addresses.get(i),
              backend.isEvaluated() ? (backend.isUp() ? "up" : "down") : "unknown",
              backend.failuresInARow(),
              backend.successesInARow(),
              isDrained.test(i),
              backend.lastError()));
    }
    return views;
  }
}
