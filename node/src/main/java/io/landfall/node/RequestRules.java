package io.landfall.node;

import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.node.link.BgpLink;
import io.landfall.overlay.RouteView;
import io.landfall.trust.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whose forwarded requests are served: those of a node that is live here, and of nobody else who
 * shows a good certificate. On the control thread only.
 *
 * <p>Live is a node whose session is Established, or whose own identity is in the table through a
 * reflector after a channel to it has proved its certificate (decision 0009). Its requests come
 * with that very certificate, and from the address at which the node is reached: so a copy of its
 * key that runs elsewhere gets no answers, and no address of a client is taken from it.
 */
final class RequestRules {
  /** A live node has this identity, and it is another, or has another certificate. */
  static final String DUPLICATE_IDENTITY = "duplicate-identity";

  /** The node is not live here. */
  static final String NO_SESSION = "no-session";

  /** The node is live, and is reached at another address. */
  static final String OTHER_ADDRESS = "other-address";

  private final OverlayDriver overlay;
  private final Function<HostAddress, Optional<Proved>> proved;

  /**
   * Who a channel of this node has reached.
   *
   * @param peer who answered
   * @param address where
   */
  record Proved(PeerIdentity peer, InetAddress address) {}

  /** What becomes of a peer's requests. */
  sealed interface Verdict {
    /** They are served. */
    record Live() implements Verdict {}

    /**
     * They are not.
     *
     * @param rule the word under which it is counted
     * @param sentence why, for people
     * @param mayCome whether a session that comes up in a moment may change it
     */
    record Refused(String rule, String sentence, boolean mayCome) implements Verdict {}
  }

  /**
   * Rules over what the overlay knows.
   *
   * @param proved who a channel of this node to a reflected identity has reached
   */
  RequestRules(OverlayDriver overlay, Function<HostAddress, Optional<Proved>> proved) {
    this.overlay = overlay;
    this.proved = proved;
  }

  /** What becomes of the requests of a peer that connected from this address. */
  Verdict judge(PeerIdentity peer, InetAddress from) {
    Optional<BgpLink> session = overlay.session(peer.identity());
    if (session.isPresent()) {
      InetAddress address =
          session.get().remoteAddress() instanceof InetSocketAddress at ? at.getAddress() : from;
      return compare(peer, from, session.get().peer(), address);
    }
    Optional<String> refusal = overlay.refusalOf(peer);
    if (refusal.isPresent()) {
      return new Verdict.Refused(NO_SESSION, refusal.get(), true);
    }
    Optional<Proved> channel = proved.apply(peer.identity());
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
    Optional<RouteView> route = overlay.overlay().route(identity);
    return route.isPresent()
        && route.get().nodeIdentity()
        && route.get().paths().stream().anyMatch(path -> path.nextHop().equals(identity));
  }
}
