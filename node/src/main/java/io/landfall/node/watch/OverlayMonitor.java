package io.landfall.node.watch;

import io.landfall.overlay.MonitoringEvent;
import io.landfall.transport.TcpEnds;
import java.util.Optional;

/** Takes what the overlay's sessions receive and which paths changed; on the control thread. */
public interface OverlayMonitor {
  /** Drops everything. */
  OverlayMonitor NONE =
      new OverlayMonitor() {
        @Override
        public void seen(MonitoringEvent what, Optional<TcpEnds> ends) {}

        @Override
        public void pathsChanged(int[] ownPathIds) {}
      };

  /**
   * A session came up, went down, or received an UPDATE.
   *
   * @param ends the two ends of the stream of a session that came up, where they are known
   */
  void seen(MonitoringEvent what, Optional<TcpEnds> ends);

  /** These paths, by their identifiers here, are others now or gone. */
  void pathsChanged(int[] ownPathIds);
}
