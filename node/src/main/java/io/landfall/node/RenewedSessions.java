package io.landfall.node;

import io.landfall.core.HostAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which sessions have to be made anew because this node shows another certificate, in their order.
 * A session may come up behind the change and be by the certificate before it, for its handshake
 * had begun: {@link #alsoCameUp} takes those, too.
 */
final class RenewedSessions {
  private final Deque<HostAddress> waiting = new ArrayDeque<>();
  private final Set<HostAddress> taken = new HashSet<>();

  /** The certificate has changed, and these sessions are up. */
  void changed(Collection<HostAddress> established) {
    waiting.clear();
    taken.clear();
    alsoCameUp(established);
  }

  /**
   * These sessions are up when no handshake can go on any more that began before the change. Those
   * that were not up at the change may be by either certificate.
   */
  void alsoCameUp(Collection<HostAddress> established) {
    for (HostAddress each : established) {
      if (taken.add(each)) {
        waiting.add(each);
      }
    }
  }

  /** Takes the next out; empty when there is none. */
  Optional<HostAddress> next() {
    return Optional.ofNullable(waiting.poll());
  }

  /** Those that were not taken out yet. */
  Collection<HostAddress> waiting() {
    return waiting;
  }
}
