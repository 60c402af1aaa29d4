package io.landfall.control;

import io.landfall.bfd.PathLiveness;
import io.landfall.core.HostAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What {@link PathMonitor} asks its owner to do, in order. */
public sealed interface PathEffect {
  /** Send a datagram. */
  record Send(byte[] datagram, InetSocketAddress to) implements PathEffect {}

  /** Something else is known of the path to a node than before. */
  record Proved(HostAddress node, PathLiveness path) implements PathEffect {}

  /**
   * A line for the log.
   *
   * @param message the same text for every line of its kind
   */
  record Log(ControlEffect.Level level, String message, List<LogField> fields)
      implements PathEffect {}
}
