package io.landfall.node;

import io.landfall.control.ControlEvent;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.server.EdgeServer;
import io.landfall.edge.server.EdgeStart;
import io.landfall.overlay.OverlayEvent;
import io.landfall.signal.SignalEvent;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The steps of a start that are the same whether another process is taken over or not. */
final class NodeStarting {
  private NodeStarting() {}

  /**
   * Opens the edge; it accepts clients unless another process still does.
   *
   * @throws StartFailed when a listener cannot be had
   */
  static EdgeServer edge(Node node, EdgeSettings settings) throws StartFailed {
    EdgeStart start =
        EdgeServer.prepare(
            node.maintenance.in(settings.with(settings.cache().beside(node.purges::token))),
            new EdgeWiring(
                node.snapshots,
                node.forward,
                node.backends,
                node.control,
                node.overlay,
                node.ingress,
                node.acme.nodes()),
            WallClock.INSTANCE,
            node.records.open(),
            node.inherited.sockets());
    return switch (start) {
      case EdgeStart.Started(EdgeServer server) -> {
        if (!node.inherited.takesOver()) {
          server.accept();
        }
        yield server;
      }
      case EdgeStart.CannotListen no ->
          throw ListenerTrial.refused(node.inForce.get(), no.listener(), no.why());
    };
  }

  /** Begins both planes; on the control thread. What takes over begins plane one later. */
  static void begin(Node node) {
    node.operators.restore(node.overlay, node.ingress, node.backends);
    node.inherited
        .leases()
        .forEach(
            (service, left) ->
                node.overlay.ask(
                    new SignalEvent.Announce(
                        service,
                        Optional.of(new SignalEvent.LeaseRequest(left, Optional.empty())))));
    node.overlay.apply(new ControlEvent.OfSignals(new SignalEvent.Tick()));
    Translate.endpoint(node.config)
        .ifPresent(at -> node.overlay.apply(new OverlayEvent.ReachedAt(at)));
    node.watching.start();
    node.plain.start();
    node.serviceHosts.start();
    if (!node.inherited.takesOver()) {
      node.ingress.start();
    }
    node.purges.start();
    long holdNanos =
        node.inherited.takesOver()
            ? TimeUnit.MILLISECONDS.toNanos(Takeover.syncMillis(node.config))
            : Translate.startHoldNanos(node.config);
    node.overlay.apply(
        new ControlEvent.Start(
            Translate.candidates(node.config),
            node.trust.admission().revocations(),
            holdNanos,
            node.inherited.peers()));
    node.revocations.start();
    node.certificates.start();
    node.trust.own().watch(node, node.background);
    node.names.start();
  }
}
