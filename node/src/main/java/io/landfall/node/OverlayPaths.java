package io.landfall.node;

import io.landfall.admin.SocketText;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.HostAddress;
import io.landfall.node.bfd.OverlayBfd;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayEvent.Reachability;

/** What BFD proves of paths between nodes, in the overlay's words. */
final class OverlayPaths {
  private OverlayPaths() {}

  /**
   * Only a dead path is news to the overlay. That a path is alive adds nothing to a session that is
   * up, and must not outlive it.
   */
  static OverlayEvent.NextHop asNextHop(HostAddress node, PathLiveness path) {
    return new OverlayEvent.NextHop(
        node,
        switch (path) {
          case DEAD -> Reachability.DOWN;
          case ALIVE, UNPROVED -> Reachability.UNKNOWN;
        });
  }

  static void bind(OverlayBfd bfd) throws StartFailed {
    var binding = bfd.bind();
    if (binding.isPresent() && !binding.get().awaitUninterruptibly().isSuccess()) {
      Throwable cause = binding.get().cause();
      throw new StartFailed(
          "overlay.bfd UDP " + SocketText.of(bfd.local()) + ": " + SocketText.why(cause), cause);
    }
  }
}
