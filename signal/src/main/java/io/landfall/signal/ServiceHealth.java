package io.landfall.signal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /**
   * Every backend's first probe is due now.
   *
   * @throws IllegalArgumentException when there is no backend, or there are too many
   */
  public ServiceHealth(ProbeSpec spec, List<BackendAddress> addresses, long nowNanos) {
    if (addresses.isEmpty() || addresses.size() > MAX_BACKENDS) {
      throw new IllegalArgumentException(
          "a service has 1 to " + MAX_BACKENDS + " backends, not " + addresses.size());
    }
    this.spec = spec;
    this.addresses = List.copyOf(addresses);
    this.backends = new BackendHealth[addresses.size()];
    for (int i = 0; i < backends.length; i++) {
      backends[i] = new BackendHealth(spec, nowNanos);
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
    for (BackendHealth backend : backends) {
      if (!backend.isEvaluated()) {
        return false;
      }
    }
    return true;
  }

  /** Whether at least one backend is up. */
  public boolean isUp() {
    for (BackendHealth backend : backends) {
      if (backend.isUp()) {
        return true;
      }
    }
    return false;
  }

  /** Whether this backend is up. */
  public boolean isUp(int backendIndex) {
    return backends[backendIndex].isUp();
  }

  /** The probes to run now; each is taken once, and its result is owed. */
  public List<ProbeTicket> dueProbes(long nowNanos) {
    List<ProbeTicket> due = new ArrayList<>();
    for (int i = 0; i < backends.length; i++) {
      Optional<Long> attempt = backends[i].takeDue(nowNanos);
      if (attempt.isPresent()) {
        due.add(new ProbeTicket(i, attempt.get()));
      }
    }
    return due;
  }

  /** The result of a probe; one that nobody waits for any more is ignored. */
  public void probeResult(ProbeTicket ticket, boolean ok, String why, long nowNanos) {
    if (isKnown(ticket.backendIndex())) {
      backends[ticket.backendIndex()].result(ticket.attempt(), ok, why, nowNanos);
    }
  }

  /** The data plane saw this backend refuse a connection. */
  public void backendRefused(int backendIndex, String why, long nowNanos) {
    if (isKnown(backendIndex)) {
      backends[backendIndex].refused(why, nowNanos);
    }
  }

  private boolean isKnown(int backendIndex) {
    return backendIndex >= 0 && backendIndex < backends.length;
  }

  /** This process stood still: forget the probes that were out, and ask again at once. */
  public void resumedAfterPause(long nowNanos) {
    for (BackendHealth backend : backends) {
      backend.resumed(nowNanos);
    }
  }

  /** The monotonic time at which {@link #dueProbes} next has something to do. */
  public long deadlineNanos() {
    long earliest = backends[0].deadlineNanos();
    for (BackendHealth backend : backends) {
      long deadline = backend.deadlineNanos();
      earliest = deadline - earliest < 0 ? deadline : earliest;
    }
    return earliest;
  }

  /** Why the service is as it is, for a person. */
  public String why() {
    if (!isEvaluated() && !isUp()) {
      return "no probe has answered yet";
    }
    int up = 0;
    String error = "";
    for (BackendHealth backend : backends) {
      up += backend.isUp() ? 1 : 0;
      error = error.isEmpty() ? backend.lastError().orElse("") : error;
    }
    if (up > 0) {
      return up + " of " + backends.length + " backends up";
    }
    return (backends.length == 1 ? "its backend is down: " : "all backends are down: ") + error;
  }

  /** The backends as a person sees them. */
  public List<BackendView> view() {
    List<BackendView> views = new ArrayList<>();
    for (int i = 0; i < backends.length; i++) {
      BackendHealth backend = backends[i];
      views.add(
          new BackendView(
              addresses.get(i),
              backend.isEvaluated() ? (backend.isUp() ? "up" : "down") : "unknown",
              backend.failuresInARow(),
              backend.successesInARow(),
              backend.lastError()));
    }
    return views;
  }
}
