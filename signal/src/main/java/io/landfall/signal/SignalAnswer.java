package io.landfall.signal;

import io.landfall.core.Lease;

/** What a command is answered. */
public sealed interface SignalAnswer {
  /** Done. */
  record Done() implements SignalAnswer {}

  /**
   * Done, and a lease is held.
   *
   * @param lease the grant
   * @param renewAfterMillis how soon to renew
   * @param stopAfterMillis when to stop relying on it without a renewal
   */
  record Leased(Lease lease, long renewAfterMillis, long stopAfterMillis) implements SignalAnswer {}

  /** Not done, and nothing changed. */
  record Refused(Why why, String sentence) implements SignalAnswer {}

  /** Why a command was refused. */
  enum Why {
    /** No such service is configured at this node. */
    UNKNOWN_SERVICE,
    /** The service has no such backend at this site. */
    UNKNOWN_BACKEND,
    /** The service has no backend at this site, so nothing here can signal it. */
    NOT_HOSTED_HERE,
    /** The lease's fence is not newer than what was seen. */
    STALE_LEASE,
    /** The length of the lease is outside its bounds. */
    BAD_TTL
  }
}
