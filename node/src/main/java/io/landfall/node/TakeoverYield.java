package io.landfall.node;

import io.landfall.cache.Purge;
import io.landfall.control.ControlEvent;
import io.landfall.core.FailureText;
import io.landfall.core.GivenSockets;
import io.landfall.core.ServiceName;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.LocalServiceView;
import io.landfall.signal.SignalEvent;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process gives up so that another of the same node can have it, while it goes on serving
 * clients: the overlay (two live nodes of one identity are refused by others), BFD's port, the
 * admin socket, and the folders of the cache and of the log of purges.
 *
 * <p>Requests for what is hosted here are served all the time. Those for what is elsewhere wait
 * until the other process has sessions, or this one has them again: other nodes serve a node that
 * is live there, whichever process of it asks.
 */
final class TakeoverYield {
  private static final Logger log = LoggerFactory.getLogger("landfall.takeover");

  /** How often a port is tried that the other process had. */
  private static final int TRIES = 50;

  private static final long BETWEEN_TRIES_NANOS = 100_000_000;

  /** How long requests wait for other nodes to come back, and how often is looked. */
  private static final long MOST_WAIT_NANOS = 6_000_000_000L;

  private static final long LOOK_NANOS = 20_000_000;

  private final Node node;
  private boolean begun;

  /** How many peers there were. */
  private int peers;

  /** How long leases lasted when the other process began to have renewals, in milliseconds. */
  private Map<ServiceName, Long> leases = Map.of();

  TakeoverYield(Node node) {
    this.node = node;
  }

  /**
   * Gives all of it up; blocks for that.
   *
   * @param text why, for peers
   * @throws IOException when the control thread does not answer
   */
  void begin(String text) throws IOException {
    begun = true;
    // First: no command may be answered that the other process would not have.
    node.closeAdmin();
    node.listeners.accept(false);
    peers =
        TakeoverDoor.answer(
            node,
            () -> {
              int complete = node.overlay.plane().completePeers();
              node.effects.freeze();
              return complete;
            });
    EdgeServer edge = node.edge();
    if (edge != null) {
      // What was decided before has gone to other nodes, whose ends of these connections finish it.
      edge.awaitLoops();
    }
    CompletableFuture<Void> yielded =
        TakeoverDoor.answer(
            node,
            () -> {
              node.purges.yieldNow();
              node.plain.stop();
              node.serviceHosts.shutdown(text);
              CompletableFuture<Void> done = node.overlay.yielding();
              node.overlay.apply(new ControlEvent.Yield(text));
              return done;
            });
    ControlLoop.waitFor(yielded);
    TakeoverDoor.answer(
        node,
        () -> {
          node.bfd.release();
          return true;
        });
    if (edge != null) {
      edge.releaseCache();
    }
    node.purges.close();
  }

  /** How long leases of services last still, in milliseconds. */
  Map<ServiceName, Long> leases() throws IOException {
    leases = leasesNow();
    return leases;
  }

  /** The same, without a note of it. */
  Map<ServiceName, Long> leasesNow() throws IOException {
    return TakeoverDoor.answer(
        node,
        () -> {
          Map<ServiceName, Long> found = new TreeMap<>();
          for (LocalServiceView each :
              node.overlay.plane().signals().view(node.control.monotonicNanos())) {
            each.lease()
                .map(LocalServiceView.HeldLease::remainingMillis)
                .filter(left -> left > 0)
                .ifPresent(left -> found.put(each.service(), left));
          }
          return found;
        });
  }

  /** The other process did not take over: this one has it all again, as far as that is possible. */
  void end() {
    if (!begun) {
      return;
    }
    begun = false;
    EdgeServer edge = node.edge();
    if (edge != null) {
      // The other process may have been asked to purge.
      edge.purge(new Purge.Everything(), false).whenComplete((done, why) -> edge.holdCache(false));
    }
    again("BFD", () -> OverlayListeners.bindBfd(node));
    // Before sessions begin: whoever has the socket is the only one.
    again("admin socket", () -> node.openAdmin(GivenSockets.none()));
    ControlLoop.waitFor(
        node.control.ask(
            () -> {
              node.purges.resume();
              leases.forEach(this::lasts);
              node.plain.start();
              node.serviceHosts.start();
              node.overlay.apply(new ControlEvent.Resume());
              thawWithPeers(node.control.monotonicNanos() + MOST_WAIT_NANOS);
              return true;
            }));
    node.listeners.accept(true);
    log.atWarn()
        .log("until this node is restarted its cache is in memory only, and its log of purges too");
  }

  /** A service host renews its lease with whoever has the socket: that time does not count here. */
  private void lasts(ServiceName service, long millis) {
    node.overlay.ask(
        new SignalEvent.Announce(
            service,
            Optional.of(
                new SignalEvent.LeaseRequest(
                    TimeUnit.MILLISECONDS.toNanos(millis), Optional.empty()))));
  }

  /** Requests that wait for other nodes go on when as many are back, or have waited for long. */
  private void thawWithPeers(long untilNanos) {
    if (node.overlay.plane().completePeers() >= peers
        || node.control.monotonicNanos() - untilNanos >= 0) {
      node.effects.thaw();
    } else {
      var _ = node.control.schedule(LOOK_NANOS, () -> thawWithPeers(untilNanos));
    }
  }

  private interface Opening {
    void open() throws StartFailed;
  }

  /** Opens something that the other process has had, which may take a moment to end. */
  private static void again(String what, Opening opening) {
    for (int i = 1; i <= TRIES; i++) {
      try {
        opening.open();
        return;
      } catch (StartFailed e) {
        if (i == TRIES) {
          log.atError()
              .addKeyValue("what", what)
              .addKeyValue("why", FailureText.of(e))
              .log("cannot be opened again, this node is without");
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }
}
