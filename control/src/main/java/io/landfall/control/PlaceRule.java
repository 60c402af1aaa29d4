package io.landfall.control;

import io.landfall.core.Block;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Why a place that a peer names is not tried. Whoever has one node's key can name any, so that only
 * places remain at which a node of this overlay could be, from where this node is.
 */
enum PlaceRule {
  /** A port of the system that is not the one on which the overlay is served here. */
  PORT("candidate-port"),

  /** An address of no single host, or of one on the same link only. */
  NOT_A_HOST("candidate-not-a-host"),

  /** An address of the overlay's own block, at which nothing listens. */
  IN_BLOCK("candidate-in-block"),

  /** This node itself. */
  OWN("candidate-own"),

  /**
   * An address of a narrower scope than the one at which the peer is: a loopback address from a
   * peer elsewhere, or a private one from a peer on the Internet. It would be another host here
   * than there.
   */
  NARROWER("candidate-scope");

  /** Below it are the ports of the system (RFC 6335 section 6). */
  static final int FIRST_USER_PORT = 1024;

  private final String label;

  PlaceRule(String label) {
    this.label = label;
  }

  /** A short fixed phrase. */
  String label() {
    return label;
  }

  /** How far an address reaches, the narrowest first. */
  private enum Scope {
    LOOPBACK,
    PRIVATE,
    GLOBAL
  }

  /**
   * The first rule that a place breaks; empty when it may be tried.
   *
   * @param namedFrom the address at which the peer is that names it
   */
  static Optional<PlaceRule> brokenBy(
      InetSocketAddress place, InetAddress namedFrom, ControlConfig config) {
    InetAddress address = place.getAddress();
    Block block = config.identity().block();
    if (place.getPort() < FIRST_USER_PORT && place.getPort() != config.usualPort()) {
      return Optional.of(PORT);
    }
    if (!isHost(address)) {
      return Optional.of(NOT_A_HOST);
    }
    if (block.offsetOf(address.getAddress()) >= 0) {
      return Optional.of(IN_BLOCK);
    }
    if (config.discovery().ownPlaces().contains(place)) {
      return Optional.of(OWN);
    }
    return scope(address).compareTo(scope(namedFrom)) < 0
        ? Optional.of(NARROWER)
        : Optional.empty();
  }

  private static boolean isHost(InetAddress address) {
    int first = address.getAddress()[0] & 0xff;
    // RFC 6890: "this network" is 0/8; what is above multicast is reserved, broadcast included.
    boolean oddIpv4 = address instanceof Inet4Address && (first == 0 || first >= 240);
    return !oddIpv4
        && !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !address.isLinkLocalAddress();
  }

  private static Scope scope(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return Scope.LOOPBACK;
    }
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    boolean isPrivate =
        address instanceof Inet4Address
            // RFC 1918, and the shared space of RFC 6598.
            ? address.isSiteLocalAddress() || (first == 100 && second >= 64 && second < 128)
            // RFC 4193, and the older fec0::/10.
            : (first & 0xfe) == 0xfc || address.isSiteLocalAddress();
    return isPrivate ? Scope.PRIVATE : Scope.GLOBAL;
  }
}
