package io.landfall.control;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Optional;

/** How often it is looked who answers at the other endpoints that are advertised of one node. */
final class RivalLooks {
  /** How soon a rival endpoint of one node is looked at again. */
  private static final long RIVAL_NANOS = 60_000_000_000L;

  private long lastNanos;

  /** A look is due at once. */
  RivalLooks(long nowNanos) {
    this.lastNanos = nowNanos - RIVAL_NANOS;
  }

  /** The endpoint to look at now: the first one, if the last look is long enough ago. */
  Optional<InetSocketAddress> next(Collection<InetSocketAddress> rivals, long nowNanos) {
    if (rivals.isEmpty() || nowNanos - lastNanos < RIVAL_NANOS) {
      return Optional.empty();
    }
    lastNanos = nowNanos;
    return Optional.of(rivals.iterator().next());
  }
}
