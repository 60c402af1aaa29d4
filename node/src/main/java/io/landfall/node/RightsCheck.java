package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayEvent;
import io.landfall.trust.Admission;
import io.landfall.trust.LivePeers;
import io.landfall.trust.Revocations;
import java.util.NavigableSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends everything that a node without rights has here, session, channels and requests in both
 * directions: when a list of revocations is put in force, and every {@link
 * LivePeers#CHECK_INTERVAL_MILLIS}, since certificates run out. On the control thread only.
 */
final class RightsCheck {
  /** The subcode of the Cease for a peer without rights (RFC 4486). */
  private static final int PEER_DECONFIGURED = 3;

  private final Admission admission;
  private final ControlLoop control;
  private final PeerRights rights;
  private final ForwardLinks links;
  private final OverlayDriver overlay;
  private final Consumer<HostAddress> onLost;

  /**
   * A check of the peers of a node.
   *
   * @param onLost hears of a node to which no request may be on its way any longer
   */
  RightsCheck(Node node, PeerRights rights, Consumer<HostAddress> onLost) {
    this.admission = node.trust.admission();
    this.control = node.control;
    this.rights = rights;
    this.links = node.links;
    this.overlay = node.overlay;
    this.onLost = onLost;
  }

  /** Checks now, and again and again. */
  void start() {
    cut();
    control.schedule(TimeUnit.MILLISECONDS.toNanos(LivePeers.CHECK_INTERVAL_MILLIS), this::start);
  }

  /** Puts a list in force, and tells whom that cut off. */
  NavigableSet<NodeName> revoke(Revocations list) {
    boolean mayAdmit = !list.covers(admission.revocations());
    admission.revoke(list);
    NavigableSet<NodeName> cut = cut();
    if (mayAdmit) {
      overlay.apply(new OverlayEvent.AskReflectorsAgain());
      links.dialAgain();
    }
    return cut;
  }

  private NavigableSet<NodeName> cut() {
    NavigableSet<NodeName> cut = links.cut(admission.revocations(), control.wallMillis());
    cut.addAll(
        rights.cut(
            admission.revocations(),
            control.wallMillis(),
            (identity, why) -> {
              overlay.apply(new OverlayEvent.StopPeer(identity, PEER_DECONFIGURED, why));
              onLost.accept(identity);
            }));
    return cut;
  }
}
