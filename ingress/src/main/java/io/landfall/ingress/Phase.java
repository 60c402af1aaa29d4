package io.landfall.ingress;

/** What the wire is meant to look like now: an intent, and for a drain how far it has come. */
enum Phase {
  /** Announced to every upstream. */
  ANNOUNCED,
  /** Announced with GRACEFUL_SHUTDOWN where it had been announced before. */
  DRAINING,
  /** Announced nowhere. */
  WITHDRAWN
}
