package io.landfall.config;

import java.util.List;

/**
 * Plane one: which prefixes to announce, and to whom.
 *
 * @param prefixes the anycast prefixes, at least one, none overlapping the overlay's block
 * @param drainWaitMillis how long the announcement stays with GRACEFUL_SHUTDOWN (RFC 8326) before
 *     it is withdrawn
 * @param startDelayMillis how long after its start the node announces nothing
 * @param upstreams the site's upstream routers, at least one
 */
public record IngressConfig(
    List<PrefixConfig> prefixes,
    long drainWaitMillis,
    long startDelayMillis,
    List<UpstreamConfig> upstreams) {
  /** The wait when the config gives none. */
  public static final long DEFAULT_DRAIN_WAIT_MILLIS = 10_000;

  /** The start delay when the config gives none. */
  public static final long DEFAULT_START_DELAY_MILLIS = 3_000;

  /** Copies the lists. */
  public IngressConfig {
    prefixes = List.copyOf(prefixes);
    upstreams = List.copyOf(upstreams);
  }
}
