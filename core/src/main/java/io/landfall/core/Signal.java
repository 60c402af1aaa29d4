package io.landfall.core;

/**
 * What a service is at one site. Only one source counts: the node beside it probes it or holds its
 * lease.
 */
public enum Signal {
  /** Works; send requests. */
  UP,
  /** Works, but its cache is not warm yet: a miss is better forwarded to a warm site. */
  COLD,
  /** Works and finishes what it has; send new requests elsewhere if anywhere else is UP. */
  DRAINING,
  /** Cannot be used. On the overlay this is the absence of a route. */
  DOWN;

  /** Whether a service with this signal has a route. */
  public boolean isAdvertised() {
    return this != DOWN;
  }
}
