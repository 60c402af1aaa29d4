package io.landfall.control;

import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.trust.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for one node may go, and which certificate has to answer there.
 *
 * <p>It follows the session. While this node has one with the other, only the certificate of that
 * session is good, at the address that its stream leads to (which is the one that BFD watches): at
 * the port that was dialled, or the one that the session itself advertised. Both are forgotten with
 * the session.
 *
 * <p>A node behind reflectors has no session here. Then the endpoint in its identity's route is
 * good, as the reflectors send it, which took it from their session with the node; it is forgotten
 * with the route. Where two reflectors send two endpoints, the one that was proved first is kept
 * for as long as a route carries it; the other is a rival.
 *
 * <p>Pure: it opens nothing and knows no time.
 */
final class ForwardingPlan {
  /** Of how many reflectors the endpoint of one node is kept. */
  static final int MAX_CLAIMS = 16;

  /** How many ports are tried at the address of a session that came in. */
  static final int MAX_PORTS = 4;

  /**
   * A place to dial.
   *
   * @param address where
   * @param fingerprint whose certificate has to answer; empty when any of the identity may
   */
  record Target(InetSocketAddress address, Optional<String> fingerprint) {
    /** The address for people. */
    String place() {
      return Stream.endpoint(address).toString();
    }
  }

  private record Session(PeerIdentity peer, InetSocketAddress remote, Direction direction) {}

  /**
   * What a reflector sends.
   *
   * @param inTable whether a route with it was accepted, so that its end will be seen
   */
  private record Claim(InetSocketAddress endpoint, boolean inTable) {}

  private @Nullable Session session;
  private @Nullable InetSocketAddress advertised;
  private final Map<HostAddress, Claim> claims = new LinkedHashMap<>();
  private @Nullable InetSocketAddress proved;

  static InetSocketAddress at(InetAddress address, int port) {
    return new InetSocketAddress(address, port);
  }

  /** The session with the node is up. */
  void sessionUp(PeerIdentity peer, InetSocketAddress remote, Direction direction) {
    session = new Session(peer, remote, direction);
    advertised = null;
  }

  /** The session with the node is over, and what it sent is forgotten. */
  void sessionLost() {
    session = null;
    advertised = null;
  }

  boolean hasSession() {
    return session != null;
  }

  /** Whose session it is; empty when there is none. */
  Optional<PeerIdentity> sessionPeer() {
    return Optional.ofNullable(session).map(Session::peer);
  }

  /** The node's own session names its endpoint; the newest counts. */
  void advertised(InetSocketAddress endpoint) {
    if (session != null) {
      advertised = endpoint;
    }
  }

  /** A reflector's route names the node's endpoint; the newest of each reflector counts. */
  void claimed(HostAddress reporter, InetSocketAddress endpoint) {
    Claim before = claims.get(reporter);
    if (before != null || claims.size() < MAX_CLAIMS) {
      claims.put(reporter, new Claim(endpoint, before != null && before.inTable()));
      dropProof();
    }
  }

  /**
   * The session with a reflector is over, and its routes with it; true when it had sent routes of
   * the node.
   */
  boolean reporterLost(HostAddress reporter) {
    boolean known = claims.remove(reporter) != null;
    dropProof();
    return known;
  }

  /** Whose routes to the node are in the table now: what was there and is not any more is over. */
  void routesIn(Set<HostAddress> reporters) {
    claims
        .entrySet()
        .removeIf(each -> each.getValue().inTable() && !reporters.contains(each.getKey()));
    claims.replaceAll(
        (reporter, claim) ->
            new Claim(claim.endpoint(), claim.inTable() || reporters.contains(reporter)));
    dropProof();
  }

  private void dropProof() {
    if (claims.values().stream().noneMatch(claim -> claim.endpoint().equals(proved))) {
      proved = null;
    }
  }

  /** The node answered there. */
  void proved(InetSocketAddress at) {
    proved = at;
    dropProof();
  }

  /** Whether there is nothing that names the node any more. */
  boolean isEmpty() {
    return session == null && claims.isEmpty();
  }

  /**
   * Whether the port is yet to be learned: the session came in, and has not advertised any.
   *
   * @param knownPorts ports at which the certificate of the session answered a dial
   */
  boolean isGuess(List<Integer> knownPorts) {
    Session live = session;
    return live != null
        && !live.direction().isOutgoing()
        && advertised == null
        && knownPorts.isEmpty();
  }

  /**
   * Where to dial, best first.
   *
   * @param knownPorts ports at which the certificate of the session answered a dial
   * @param usualPort the port that nodes use when nothing else is known
   */
  List<Target> targets(List<Integer> knownPorts, int usualPort) {
    Session live = session;
    Set<InetSocketAddress> places = new LinkedHashSet<>();
    if (live == null) {
      if (proved != null) {
        places.add(proved);
      } else {
        claims.values().forEach(claim -> places.add(claim.endpoint()));
      }
      return places.stream().map(at -> new Target(at, Optional.empty())).toList();
    }
    if (live.direction().isOutgoing()) {
      places.add(live.remote());
    } else {
      ports(knownPorts, usualPort)
          .forEach(port -> places.add(at(live.remote().getAddress(), port)));
      // Behind an address translation a session comes from elsewhere than its node is reached.
      Optional.ofNullable(advertised).ifPresent(places::add);
    }
    Optional<String> fingerprint = Optional.of(live.peer().fingerprint());
    return places.stream().map(at -> new Target(at, fingerprint)).toList();
  }

  private List<Integer> ports(List<Integer> knownPorts, int usualPort) {
    Set<Integer> ports = new LinkedHashSet<>();
    Optional.ofNullable(advertised).ifPresent(at -> ports.add(at.getPort()));
    ports.addAll(knownPorts);
    if (ports.isEmpty()) {
      ports.add(usualPort);
    }
    return ports.stream().limit(MAX_PORTS).toList();
  }

  /** Endpoints that reflectors send and that are neither the given one nor the node's own. */
  List<InetSocketAddress> rivalsOf(InetSocketAddress used) {
    List<InetSocketAddress> rivals = new ArrayList<>();
    for (Claim claim : claims.values()) {
      InetSocketAddress at = claim.endpoint();
      if (!at.equals(used) && !at.equals(advertised) && !rivals.contains(at)) {
        rivals.add(at);
      }
    }
    return rivals;
  }
}
