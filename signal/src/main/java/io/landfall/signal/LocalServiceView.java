package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A local service as a person sees it.
 *
 * @param service which
 * @param published what is advertised of it
 * @param conditions what holds of it now
 * @param damping what flapping costs it
 * @param lease its lease, when it depends on one
 * @param backends its backends
 */
public record LocalServiceView(
    ServiceName service,
    PublishedView published,
    Set<Condition> conditions,
    DampingView damping,
    Optional<HeldLease> lease,
    List<BackendView> backends) {
  /** Copies the set, in the order of the constants, and the list. */
  public LocalServiceView {
    EnumSet<Condition> ordered = EnumSet.noneOf(Condition.class);
    ordered.addAll(conditions);
    conditions = Collections.unmodifiableSet(ordered);
    backends = List.copyOf(backends);
  }

  /** Whether a condition holds. */
  public boolean is(Condition condition) {
    return conditions.contains(condition);
  }

  /** What may hold of a service. */
  public enum Condition {
    /** It has backends at this site. */
    HOSTED_HERE,
    /** Every backend has had a first verdict. */
    EVALUATED,
    /** It was withdrawn by command. */
    WITHDRAWN,
    /** It, or the node, is draining. */
    DRAINING
  }

  /**
   * What is advertised of a service.
   *
   * @param signal its signal
   * @param tier the tier that its hosts give it, to be added to the configured one
   * @param why what decided its signal, for people
   * @param changes how often its signal has changed
   */
  public record PublishedView(Signal signal, long tier, String why, long changes) {}

  /**
   * What flapping costs a service.
   *
   * @param wanted the signal that it would have if damping did not hold it back
   * @param penalty the penalty for flapping, decayed to now
   * @param dampedForMillis how long good news still has to wait, when it is held back
   */
  public record DampingView(Signal wanted, int penalty, Optional<Long> dampedForMillis) {}

  /**
   * A lease that a service depends on.
   *
   * @param ttlMillis how long the last grant lasts from its start
   * @param remainingMillis how long it still lasts; 0 when it has ended
   */
  public record HeldLease(long ttlMillis, long remainingMillis) {}
}
