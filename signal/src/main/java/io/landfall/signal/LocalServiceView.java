package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.List;
import java.util.Optional;

/**
 * A local service as a person sees it.
 *
 * @param service which
 * @param signal what is advertised of it
 * @param why what decided its signal, for people
 * @param tier the tier that its hosts give it, to be added to the configured one
 * @param wanted what it would be if damping did not hold it back
 * @param hostedHere whether it has backends at this site
 * @param evaluated whether every backend has had a first verdict
 * @param withdrawn whether it was withdrawn by command
 * @param draining whether it, or the node, is draining
 * @param lease its lease, when it depends on one
 * @param penalty the penalty for flapping, decayed to now
 * @param dampedForMillis how long good news still has to wait, when it is held back
 * @param changes how often its signal has changed
 * @param backends its backends
 */
public record LocalServiceView(
    ServiceName service,
    Signal signal,
    long tier,
    String why,
    Signal wanted,
    boolean hostedHere,
    boolean evaluated,
    boolean withdrawn,
    boolean draining,
    Optional<HeldLease> lease,
    int penalty,
    Optional<Long> dampedForMillis,
    long changes,
    List<BackendView> backends) {
  /**
   * A lease that a service depends on.
   *
   * @param ttlMillis how long the last grant lasts from its start
   * @param remainingMillis how long it still lasts; 0 when it has ended
   */
  public record HeldLease(long ttlMillis, long remainingMillis) {}
}
