package io.landfall.control;

import io.landfall.bgp.SessionState;
import io.landfall.overlay.PeerView;
import java.util.Optional;

/** What holds of a {@link WorldNode} at any time. */
final class WorldChecks {
  private WorldChecks() {}

  /**
   * Checks a node after a step of its machine.
   *
   * @throws AssertionError with the places of the two nodes that it is about
   */
  static void check(WorldNode node) {
    checkForwards(node);
    checkNeighbors(node);
  }

  /** At any time: requests go to the owner of a live session, where it is, and nowhere else. */
  private static void checkForwards(WorldNode node) {
    for (var forward : node.forwards.entrySet()) {
      WorldNode owner = node.world().node(forward.getKey().offset());
      ControlEffect.ForwardTo to = forward.getValue();
      Optional<Stream.Proof> session = node.plane().neighbors().obtain(owner.identity()).session();
      always(session.isPresent(), "a forward has a session", node, owner);
      session.ifPresent(
          live -> {
            always(
                to.at().getAddress().equals(live.at().getAddress()),
                "a forward goes where the session is",
                node,
                owner);
            always(
                to.peer().fingerprint().equals(live.peer().fingerprint()),
                "a forward goes to the certificate of the session",
                node,
                owner);
          });
      always(
          node.plane().whyNoRequest(owner.identity()).isEmpty(), "there is a channel", node, owner);
    }
  }

  /** At any time: what is known of a node is what its streams and its session are. */
  private static void checkNeighbors(WorldNode node) {
    for (PeerView peer : node.plane().overlay().peers()) {
      WorldNode of = node.world().node(peer.info().identity().offset());
      Neighbor neighbor = node.plane().neighbors().obtain(of.identity());
      always(
          neighbor.isEstablished() == (peer.state() == SessionState.ESTABLISHED),
          "its state is that of the session: " + neighbor.state(),
          node,
          of);
      always(
          (neighbor.live() != null) == neighbor.hasStreams(), "who has streams is live", node, of);
    }
  }

  private static void always(boolean holds, String what, WorldNode node, WorldNode about) {
    if (!holds) {
      throw new AssertionError(node.place() + " of " + about.place() + ": " + what);
    }
  }
}
