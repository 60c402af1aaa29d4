package io.landfall.control;

import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.PeerAdmission;
import io.landfall.overlay.RouteView;
import io.landfall.trust.PeerIdentity;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Whose forwarded requests are served: those of a node that is live here, and of no other that
 * shows a good certificate.
 *
 * <p>Live is a node whose session is Established, or whose own identity is in the table through a
 * reflector after a channel to it has proved its certificate (decision 0009). Its requests come
 * with that very certificate, and from the address at which the node is reached: so a copy of its
 * key that runs elsewhere gets no answers, and no address of a client is taken from it.
 */
public final class RequestAdmission {
  /** A live node has this identity, and it is another, or has another certificate. */
  public static final String DUPLICATE_IDENTITY = "duplicate-identity";

  /** The node is not live here. */
  public static final String NO_SESSION = "no-session";

  /** The node is live, and is reached at another address. */
  public static final String OTHER_ADDRESS = "other-address";

  private final Neighbors neighbors;
  private final SessionAdmission sessions;
  private final Overlay overlay;

  /**
   * Who a channel of this node has reached.
   *
   * @param peer who answered
   * @param address where
   */
  record Proved(PeerIdentity peer, InetAddress address) {}

  /** What becomes of a peer's requests. */
  public sealed interface Verdict {
    /** They are served. */
    record Live() implements Verdict {}

    /**
     * They are not.
     *
     * @param rule the label under which it is counted
     * @param sentence why, for people
     * @param mayCome whether a session that comes up in a moment may change it
     */
    record Refused(String rule, String sentence, boolean mayCome) implements Verdict {}
  }

  RequestAdmission(Neighbors neighbors, SessionAdmission sessions, Overlay overlay) {
    this.neighbors = neighbors;
    this.sessions = sessions;
    this.overlay = overlay;
  }

  /** What becomes of the requests of a peer that connected from this address. */
  Verdict judge(PeerIdentity peer, InetAddress from) {
    Neighbor neighbor = neighbors.get(peer.identity());
    Optional<Stream.Proof> session = neighbor == null ? Optional.empty() : neighbor.session();
    if (session.isPresent()) {
      return compare(peer, from, session.get().peer(), session.get().at().getAddress());
    }
    Optional<PeerAdmission.Refused> refusal = sessions.refusalOf(peer);
    if (refusal.isPresent()) {
      return new Verdict.Refused(NO_SESSION, refusal.get().text(), true);
    }
    ForwardingChannel forwarding = neighbor == null ? null : neighbor.forwarding();
    Optional<Proved> channel = forwarding == null ? Optional.empty() : forwarding.proved();
    if (channel.isPresent() && isInTable(peer.identity())) {
      return compare(peer, from, channel.get().peer(), channel.get().address());
    }
    return new Verdict.Refused(
        NO_SESSION, peer.label() + " asks for services and has no session here", true);
  }

  private static Verdict compare(
      PeerIdentity peer, InetAddress from, PeerIdentity live, InetAddress address) {
    if (!live.isSameNodeAs(peer) || !live.fingerprint().equals(peer.fingerprint())) {
      return new Verdict.Refused(
          DUPLICATE_IDENTITY,
          described(peer) + " asks for services, but " + described(live) + " is live",
          false);
    }
    return from.equals(address)
        ? new Verdict.Live()
        : new Verdict.Refused(
            OTHER_ADDRESS,
            described(peer)
                + " asks for services, but the one that is live is at "
                + Addresses.format(address.getAddress()),
            false);
  }

  private static String described(PeerIdentity peer) {
    return peer.label() + " with the certificate " + peer.serial();
  }

  private boolean isInTable(HostAddress identity) {
    Optional<RouteView> route = overlay.route(identity);
    return route.isPresent()
        && route.get().nodeIdentity()
        && route.get().paths().stream().anyMatch(path -> path.nextHop().equals(identity));
  }
}
