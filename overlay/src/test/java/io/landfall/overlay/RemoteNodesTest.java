package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.LargeCommunity;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.overlay.RouteView.PathView;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes behind a reflector: heard, verified, used while their channel is up, and disowned. */
class RemoteNodesTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress OTHER = OverlayNet.host("10.32.1.11");

  private final OverlayNet net = new OverlayNet().entitled(SHOP, OTHER);
  private final Node rr = add("rr", "10.32.0.1", true);
  private final Node fra = add("fra", "10.32.0.2", false);
  private final Node sin = add("sin", "10.32.0.4", false);

  private void start() {
    fra.step(new OverlayEvent.ReachedAt(endpoint("203.0.113.10", 8443)));
    fra.originate(SHOP, Signal.UP, 0);
    net.join(rr, fra, Relation.CLIENT, Relation.REFLECTOR);
    net.join(rr, sin, Relation.CLIENT, Relation.REFLECTOR);
    net.settle();
  }

  @Test
  void anUnknownNodeIsHeardWithItsEndpointAndItsRoutesAreRefused() {
    start();

    assertThat(sin.seen(OverlayEffect.NodeLearned.class))
        .containsExactly(
            new OverlayEffect.NodeLearned(
                fra.identity, endpoint("203.0.113.10", 8443), rr.identity));
    assertThat(paths(SHOP)).isEmpty();
    assertThat(paths(fra.identity)).isEmpty();
    assertThat(sin.overlay.refused().getFirst().rules())
        .extracting(RefusedView.RuleCount::rule)
        .containsExactly("next-hop-not-a-node");
  }

  @Test
  void aVerifiedNodesRoutesComeAgainButAreOnlyUsedWhileItsChannelIsUp() {
    start();

    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    net.settle();
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(false);

    sin.step(new RemoteNode.ChannelUp(fra.identity));
    assertThat(paths(SHOP)).extracting(PathView::best).containsExactly(true);
    assertThat(sin.seen(OverlayEffect.RoutesChanged.class).getLast().cause())
        .isEqualTo(OverlayEffect.Cause.NEXT_HOP);

    // What the liveness check knows counts more than the channel.
    sin.step(new OverlayEvent.NextHop(fra.identity, OverlayEvent.Reachability.DOWN));
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(false);
    sin.step(new OverlayEvent.NextHop(fra.identity, OverlayEvent.Reachability.UNKNOWN));
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(true);

    sin.step(new RemoteNode.ChannelDown(fra.identity));
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(false);
  }

  @Test
  void aVerifiedNodeMayOriginateWhatItsCertificateSaysAndNoMore() {
    fra.originate(OTHER, Signal.UP, 0);
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services(OTHER)));
    net.settle();
    assertThat(paths(OTHER)).hasSize(1);
    assertThat(paths(SHOP)).isEmpty();
    assertThat(sin.overlay.refused().getFirst().rules())
        .extracting(RefusedView.RuleCount::rule)
        .contains("not-entitled");

    // A new certificate with less: what it no longer covers goes at once.
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    assertThat(paths(OTHER)).isEmpty();
    assertThat(paths(fra.identity)).hasSize(1);
  }

  @Test
  void aDisownedNodesRoutesGoAtOnce() {
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    sin.step(new RemoteNode.ChannelUp(fra.identity));
    net.settle();
    assertThat(paths(SHOP)).hasSize(1);

    sin.step(new RemoteNode.Disowned(fra.identity));
    assertThat(paths(SHOP)).isEmpty();
    assertThat(paths(fra.identity)).isEmpty();
    assertThat(sin.seen(OverlayEffect.RoutesChanged.class).getLast().cause())
        .isEqualTo(OverlayEffect.Cause.ENTITLEMENT);
  }

  /** The canary: who may not speak for others cannot make this node dial anybody. */
  @Test
  void aMeshPeerSaysWhereItIsReachedItselfAndWhereNobodyElseIs() {
    fra.step(new OverlayEvent.ReachedAt(endpoint("203.0.113.10", 8443)));
    rr.step(new OverlayEvent.ReachedAt(endpoint("203.0.113.1", 8443)));
    net.join(rr, fra, Relation.CLIENT, Relation.REFLECTOR);
    net.join(rr, sin, Relation.CLIENT, Relation.MESH);
    net.settle();
    assertThat(sin.seen(OverlayEffect.NodeLearned.class))
        .containsExactly(
            new OverlayEffect.NodeLearned(rr.identity, endpoint("203.0.113.1", 8443), rr.identity));
    assertThat(paths(rr.identity)).hasSize(1);
    assertThat(paths(fra.identity)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.10", "0.0.0.1", "2001:db8::10", "fe80::1", "255.255.255.254"})
  void anEndpointSurvivesItsCommunities(String address) {
    for (int port : new int[] {1, 8443, 65_535}) {
      NodeEndpoint endpoint = endpoint(address, port);
      assertThat(
              NodeEndpoint.in(
                  endpoint.communities(new Asn(OverlayNet.ASN)), new Asn(OverlayNet.ASN)))
          .contains(endpoint);
      assertThat(NodeEndpoint.in(endpoint.communities(new Asn(OverlayNet.ASN)), Asn.of(64_512)))
          .isEmpty();
    }
  }

  @Test
  void halfAnEndpointOrAnImpossibleOneIsNone() {
    List<LargeCommunity> whole =
        endpoint("2001:db8::10", 8443).communities(new Asn(OverlayNet.ASN));
    assertThat(NodeEndpoint.in(whole.subList(0, 3), new Asn(OverlayNet.ASN))).isEmpty();
    assertThat(NodeEndpoint.in(Collections.nCopies(4, whole.getFirst()), new Asn(OverlayNet.ASN)))
        .isEmpty();
    assertThat(
            NodeEndpoint.in(
                List.of(new LargeCommunity(OverlayNet.ASN, 0x0204_0000, 0x7f000001)),
                new Asn(OverlayNet.ASN)))
        .as("port 0")
        .isEqualTo(Optional.empty());
    assertThat(
            NodeEndpoint.in(
                List.of(new LargeCommunity(OverlayNet.ASN, 0x0204_0001, 0)),
                new Asn(OverlayNet.ASN)))
        .as("0.0.0.0")
        .isEmpty();
  }

  @Test
  void aDisownedNodeThatIsVerifiedAgainNeedsANewChannel() {
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    sin.step(new RemoteNode.ChannelUp(fra.identity));
    sin.step(new RemoteNode.Disowned(fra.identity));
    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    net.settle();
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(false);
  }

  /** RFC 2918: who sends routes of its own only has nothing of another node to send again. */
  @Test
  void onlyThoseThatSendRoutesOfOthersAreAskedAgainAndOnlyForMore() {
    Node nyc = add("nyc", "10.32.0.3", false);
    start();
    net.join(sin, nyc);
    net.settle();
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    assertThat(asked(nyc)).isZero();
    assertThat(asked(rr)).isEqualTo(1);
    net.settle();
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    net.settle();
    assertThat(asked(rr)).as("the same again").isEqualTo(1);
    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    net.settle();
    assertThat(asked(rr)).as("more").isEqualTo(2);
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    net.settle();
    assertThat(asked(rr)).as("less").isEqualTo(2);
    sin.step(new OverlayEvent.AskReflectorsAgain());
    net.settle();
    assertThat(asked(rr)).isEqualTo(3);
    assertThat(asked(nyc)).isZero();
  }

  @Test
  void whatIsWantedWhileARefreshIsUnderWayIsAskedForBehindIt() {
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    assertThat(asked(rr)).as("one at a time").isEqualTo(1);
    net.settle();
    assertThat(asked(rr)).isEqualTo(2);
    assertThat(paths(SHOP)).hasSize(1);
  }

  @Test
  void aPeerThatComesBackWithALesserCertificateLosesItsRoutesThroughAReflectorToo() {
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    net.cut(net.join(sin, fra));
    net.settle();
    long link = net.join(sin, fra);
    net.settle();
    assertThat(paths(SHOP)).hasSize(2);
    net.cut(link);
    net.settle();
    assertThat(paths(SHOP)).as("through the reflector").hasSize(1);
    net.services.remove(SHOP);
    net.join(sin, fra);
    assertThat(paths(SHOP)).isEmpty();
  }

  /** How many ROUTE-REFRESH messages that ask (RFC 7313: subtype 0) sin has sent to a peer. */
  private long asked(Node peer) {
    return sin.seen(OverlayEffect.Write.class).stream()
        .filter(write -> write.peer().equals(peer.identity))
        .filter(write -> write.bytes()[18] == 5 && write.bytes()[21] == 0)
        .count();
  }

  /**
   * A node that is met itself too: what its certificate allows holds for what a reflector sends.
   */
  @Test
  void whatAPeersNewCertificateAllowsHoldsForItsRoutesThroughAReflector() {
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services()));
    long link = net.join(sin, fra);
    net.settle();
    assertThat(paths(SHOP)).as("one itself, one through the reflector").hasSize(2);
    net.renew(sin, fra);
    assertThat(paths(SHOP)).isEmpty();
    net.renew(sin, fra, SHOP);
    net.settle();
    assertThat(paths(SHOP)).hasSize(2);
    net.cut(link);
    net.settle();
    assertThat(paths(SHOP)).hasSize(1);
  }

  @Test
  void aSessionWithTheNodeItselfMakesWhatAReflectorSentOfItUsable() {
    start();
    sin.step(new RemoteNode.Verified(fra.identity, services(SHOP)));
    net.settle();
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(false);
    sin.seen.clear();
    long link = net.join(sin, fra);
    net.settle();
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(true, true);
    assertThat(changedBy(OverlayEffect.Cause.NEXT_HOP)).contains(SHOP.offset());
    sin.seen.clear();
    net.cut(link);
    assertThat(paths(SHOP)).extracting(PathView::usable).containsExactly(false);
    assertThat(changedBy(OverlayEffect.Cause.SESSION_LOST)).contains(SHOP.offset());
  }

  private List<Integer> changedBy(OverlayEffect.Cause cause) {
    return sin.seen(OverlayEffect.RoutesChanged.class).stream()
        .filter(change -> change.cause() == cause)
        .flatMap(change -> Arrays.stream(change.offsets()).boxed())
        .toList();
  }

  private List<PathView> paths(HostAddress host) {
    return sin.overlay.route(host).map(RouteView::paths).orElse(List.of());
  }

  private static SortedSet<HostAddress> services(HostAddress... hosts) {
    return new TreeSet<>(List.of(hosts));
  }

  private static NodeEndpoint endpoint(String address, int port) {
    try {
      return new NodeEndpoint(
          InetAddress.getByAddress(Addresses.parseLiteral(address).orElseThrow()), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** The reflector knows every node; the others know nobody until it is verified. */
  private Node add(String name, String identity, boolean reflector) {
    return net.add(
        new OverlaySettings(
            new NodeName(name),
            OverlayNet.host(identity),
            new Asn(OverlayNet.ASN),
            reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
            OverlayLimits.usual(),
            NodeCosts.equal(),
            NodeDirectory.empty()));
  }
}
