package io.landfall.node;

import io.landfall.core.ListeningSocket.Use;
import io.landfall.core.SocketText;
import io.landfall.edge.server.EdgeServer;
import io.landfall.edge.server.LateAccept;

/**
 * Opens what the overlay listens on: its TLS port, the UDP port of BFD, and where neighbours
 * without certificates and service hosts connect.
 */
final class OverlayListeners {
  private OverlayListeners() {}

  /**
   * Binds all.
   *
   * @param edge whose event loops take the connections of other nodes
   * @throws StartFailed when an address cannot be had
   */
  static void bind(Node node, EdgeServer edge) throws StartFailed {
    var listen = node.config.overlay().reach().listen();
    var bound =
        node.listeners
            .add(
                Use.OVERLAY,
                listen,
                open ->
                    node.port.bind(
                        listen, edge.eventLoops(), edge.eventLoops(), LateAccept.INSTANCE, open))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartFailed(
          "overlay.listen " + SocketText.of(listen) + ": " + SocketText.why(bound.cause()),
          bound.cause());
    }
    bindBfd(node);
  }

  /**
   * Binds the UDP port of BFD.
   *
   * @throws StartFailed when its address cannot be had
   */
  static void bindBfd(Node node) throws StartFailed {
    var binding = node.bfd.bind();
    if (binding.isPresent() && !binding.get().awaitUninterruptibly().isSuccess()) {
      Throwable cause = binding.get().cause();
      throw new StartFailed(
          "overlay.bfd UDP " + SocketText.of(node.bfd.local()) + ": " + SocketText.why(cause),
          cause);
    }
  }
}
