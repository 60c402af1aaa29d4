package io.landfall.node;

import io.landfall.config.IngressConfig;
import io.landfall.config.NodeConfig;
import io.landfall.control.ControlEvent;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.SignalEvent;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
  private static void finishRequests(EdgeServer running) {
    warnOf(running.drain());
  }

  private static void warnOf(long unfinished) {
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

  /** Closes a node, as {@link Node#close} has it. */
  static void close(Node node) {
    EdgeServer running = node.edge();
    String text = "node " + node.config.name() + " stops";
    node.acme.close();
    CompletableFuture<Void> withdrawn = leave(node, text);
    ControlLoop.waitFor(node.effects.drained());
    if (running != null) {
      // First it gets no change any more, then it lets its requests finish.
      node.edge = null;
      finishRequests(running);
    }
    end(node, running, withdrawn, text);
  }

  /**
   * Closes a node whose clients, peers and upstreams another process has.
   *
   * @param passed the upstreams whose sessions it has
   */
  static void closeBehindSuccessor(Node node, Set<String> passed) {
    EdgeServer running = node.edge();
    String text = "node " + node.config.name() + " goes on in another process";
    node.acme.close();
    node.listeners.close();
    // The sessions that were not passed end, so that the other process can have its own.
    CompletableFuture<Void> closed =
        node.control
            .ask(() -> node.ingress.shutdownBehindSuccessor(text, passed))
            .thenCompose(done -> done);
    if (running != null) {
      warnOf(running.drainBehindSuccessor());
      node.edge = null;
    }
    end(node, running, closed, text);
  }

  private static void end(
      Node node, @Nullable EdgeServer running, CompletableFuture<Void> withdrawn, String text) {
    ControlLoop.waitFor(
        node.control.ask(
            () -> {
              node.revocations.stop();
              node.certificates.stop();
              node.names.stop();
              node.purges.stop();
              node.plain.stop();
              node.serviceHosts.shutdown(text);
              node.overlay.apply(new ControlEvent.Stop(text));
              node.bfd.stop();
              node.watching.stop(text);
              return true;
            }));
    // What was written last leaves before the event loops that carry it end.
    ControlLoop.waitFor(node.overlay.stopped());
    ControlLoop.waitFor(withdrawn);
    node.watching.closeFiles();
    node.control.stopping();
    node.port.close();
    if (running != null) {
      running.close();
    }
    node.records.close();
    node.purges.close();
    node.probes.close();
    node.closeAdmin();
    node.background.shutdownNow();
    node.controlLoops.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    log.atInfo().addKeyValue("name", node.config.name()).log("node down");
  }
}
