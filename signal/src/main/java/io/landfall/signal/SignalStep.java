package io.landfall.signal;

import io.landfall.core.Lease;
import java.util.List;

/**
 * What one event led to.
 *
 * @param changes what services say differently now, in the order of their names
 * @param answer for whoever caused the event
 */
public record SignalStep(List<SignalChange> changes, Answer answer) {
  /** What a command is answered. */
  public sealed interface Answer {
    /** Done; or the event was no command. */
    record Done() implements Answer {}

    /**
     * Done, and a lease is held.
     *
     * @param lease the grant
     * @param renewAfterMillis how soon to renew
     * @param stopAfterMillis when to stop relying on it without a renewal
     */
    record Leased(Lease lease, long renewAfterMillis, long stopAfterMillis) implements Answer {}

    /** Not done, and nothing changed. */
    record Refused(Why why, String sentence) implements Answer {}
  }

  /** Why a command was refused. */
  public enum Why {
    /** No such service is configured at this node. */
    UNKNOWN_SERVICE,
    /** The service has no backend at this site, so it can say nothing here. */
    NOT_HOSTED_HERE,
    /** The lease's fence is not newer than what was seen. */
    STALE_LEASE,
    /** The length of the lease is outside its bounds. */
    BAD_TTL
  }
}
