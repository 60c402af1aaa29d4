package io.landfall.node;

import io.landfall.config.IngressConfig;
import io.landfall.config.NodeConfig;
import io.landfall.control.ControlEvent;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.SignalEvent;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stop as clients see it: they are sent away, and what they have asked for is finished. */
final class NodeLeaving {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  /** What the steps of a stop take beside the waits that are configured: each has its own bound. */
  private static final long STEPS_MILLIS = 20_000;

  private NodeLeaving() {}

  /** The longest that a stop takes with this config, in milliseconds. */
  static long mostMillis(NodeConfig config) {
    long drain = config.ingress().map(IngressConfig::drainWaitMillis).orElse(0L);
    return drain + config.operation().shutdownGraceMillis() + STEPS_MILLIS;
  }

  /**
   * Drains the public side and waits until its prefixes are withdrawn; meanwhile clients are served
   * and told to go. Then begins to withdraw the services. Blocks for the drain's wait at the most.
   *
   * @param text why, for routers and peers
   * @return done once every router had the time to read why
   */
  static CompletableFuture<Void> leave(Node node, String text) {
    CompletableFuture<Void> left = node.control.ask(() -> begin(node)).thenCompose(done -> done);
    EdgeServer running = node.edge();
    if (running != null) {
      running.leave();
    }
    ControlLoop.waitFor(
        left, node.inForce.get().ingress().map(IngressConfig::drainWaitMillis).orElse(0L));
    return node.control
        .ask(
            () -> {
              CompletableFuture<Void> withdrawn = node.ingress.shutdown(text);
              node.overlay.apply(new ControlEvent.Drain());
              return withdrawn;
            })
        .thenCompose(done -> done);
  }

  /**
   * Lets requests in progress finish; those that {@code shutdown.grace} was too short for are
   * logged.
   */
  static void finishRequests(EdgeServer running) {
    long unfinished = running.drain();
    if (unfinished > 0) {
      log.atWarn()
          .addKeyValue("requests", unfinished)
          .log("shutdown.grace is over: requests in progress are cut off");
    }
  }

  /** Where there is something to wait for, clients go to other sites as in a drain. */
  private static CompletableFuture<Void> begin(Node node) {
    CompletableFuture<Void> left = node.ingress.leave();
    if (!left.isDone()) {
      node.overlay.apply(new ControlEvent.OfSignals(new SignalEvent.Drain(Optional.empty())));
    }
    return left;
  }
}
