package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.PeerInfo.Relation;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each import rule refuses what it names, and the same route without the fault is accepted. */
class ImportPolicyTest {
  private static final HostAddress OWN = OverlayNet.host("10.32.0.1");
  private static final HostAddress PEER = OverlayNet.host("10.32.0.2");
  private static final HostAddress OTHER = OverlayNet.host("10.32.0.3");
  private static final HostAddress BEHIND = OverlayNet.host("10.32.0.4");
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress MEDIA = OverlayNet.host("10.32.1.11");

  private final OverlaySettings config =
      new OverlaySettings(
          new NodeName("fra"),
          OWN,
          new Asn(OverlayNet.ASN),
          OverlaySettings.Reflection.NONE,
          OverlayLimits.usual().withPathLimits(3, 100),
          NodeCosts.equal(),
          new NodeDirectory() {
            @Override
            public boolean isNode(HostAddress address) {
              return address.equals(BEHIND);
            }

            @Override
            public boolean isEntitled(HostAddress node, HostAddress service) {
              return node.equals(BEHIND) && service.equals(SHOP);
            }
          });
  private final Peers peers = new Peers(config);
  private final Rib rib = new Rib(config, bound -> 0);
  private final List<String> refused = new ArrayList<>();
  private final ImportPolicy importPolicy =
      new ImportPolicy(config, peers, rib, (peer, what, rule, count) -> refused.add(rule));

  private Peer peer(HostAddress identity, Relation relation, HostAddress... services) {
    PeerInfo info =
        new PeerInfo(
            new NodeName("n" + identity.offset()),
            identity,
            new TreeSet<>(List.of(services)),
            relation);
    Effects effects = new Effects();
    UsableNextHops nextHops = new UsableNextHops(OWN.offset());
    Sessions sessions =
        new Sessions(
            config,
            bound -> 0,
            effects,
            NoListener.INSTANCE,
            new AdjRibOut.Shared(
                rib,
                nextHops,
                BgpIdentifier.of(OWN),
                false,
                HostRouteCodec.familyOf(OverlayNet.BLOCK)),
            new RouteMonitor(config, rib, peers, nextHops, effects));
    Peer peer = sessions.newPeer(info, "fp", 0);
    peers.add(peer);
    return peer;
  }

  private enum NoListener implements Sessions.Listener {
    INSTANCE;

    @Override
    public void up(Peer peer, Adjacency adjacency, long nowNanos) {}

    @Override
    public void update(
        Peer peer, Adjacency adjacency, UpdateMessage<HostAddress> update, long nowNanos) {}

    @Override
    public void refresh(Peer peer, Adjacency adjacency, int subtype, long nowNanos) {}

    @Override
    public void down(
        Peer peer,
        Adjacency adjacency,
        io.landfall.bgp.SessionEffect.DownReason reason,
        long nowNanos) {}
  }

  /** What a well-behaved peer sends; each test spoils one thing. */
  private static final class Attributes {
    List<Asn> asPath = List.of();
    Optional<InetAddress> nextHop = Optional.of(PEER.inetAddress());
    Optional<Integer> originatorId = Optional.empty();
    List<Integer> clusterList = List.of();
    List<Integer> communities = List.of();
    List<LargeCommunity> large = List.of();
    OptionalLong med = OptionalLong.empty();

    PathAttributes build() {
      return new PathAttributes(
          Origin.IGP,
          asPath,
          nextHop,
          med,
          OptionalLong.of(100),
          new PathAttributes.Reflection(originatorId, clusterList),
          new PathAttributes.Communities(communities, large),
          OptionalLong.empty());
    }
  }

  private static UpdateMessage<HostAddress> announce(Attributes attributes, HostAddress... hosts) {
    List<Nlri<HostAddress>> routes = new ArrayList<>();
    for (HostAddress host : hosts) {
      routes.add(new Nlri<>(host, 0));
    }
    return new UpdateMessage<>(
        List.of(), routes, Optional.of(attributes.build()), List.of(), Optional.empty());
  }

  private Source source(Peer peer) {
    return Source.session(peer.info, config.limits().acceptPaths());
  }

  /** Sends the good route first, then the spoilt one, which must also take the good one away. */
  private void refuses(Relation relation, String rule, Attributes good, Attributes bad) {
    Peer peer = peer(PEER, relation, SHOP);
    Source source = source(peer);
    importPolicy.take(peer, source, announce(good, SHOP), 1);
    assertThat(refused).as("the canary").isEmpty();
    assertThat(source.acceptedPaths).isEqualTo(1);
    importPolicy.take(peer, source, announce(bad, SHOP), 2);
    assertThat(refused).containsExactly(rule);
    assertThat(source.acceptedPaths).as("implicit withdraw").isZero();
    assertThat(peer.refusals.recent().getFirst().what()).isEqualTo("10.32.1.10");
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.getByAddress(Addresses.parseLiteral(text).orElseThrow()));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRouteWithoutANextHop() {
    Attributes bad = new Attributes();
    bad.nextHop = Optional.empty();
    refuses(Relation.MESH, "next-hop-missing", new Attributes(), bad);
  }

  @Test
  void aNextHopOutsideTheBlock() {
    Attributes bad = new Attributes();
    bad.nextHop = address("192.0.2.1");
    refuses(Relation.MESH, "next-hop-outside-block", new Attributes(), bad);
  }

  @Test
  void aNextHopOfTheOtherFamily() {
    Attributes bad = new Attributes();
    bad.nextHop = address("2001:db8::1");
    refuses(Relation.MESH, "next-hop-outside-block", new Attributes(), bad);
  }

  @Test
  void aNextHopThatIsAnotherNode() {
    peer(OTHER, Relation.MESH, SHOP);
    Attributes bad = new Attributes();
    bad.nextHop = Optional.of(OTHER.inetAddress());
    refuses(Relation.MESH, "next-hop-not-the-peer", new Attributes(), bad);
  }

  @Test
  void aNextHopThatIsThisNode() {
    Attributes bad = new Attributes();
    bad.nextHop = Optional.of(OWN.inetAddress());
    refuses(Relation.MESH, "originator-is-me", new Attributes(), bad);
  }

  @Test
  void anAsPathThatIsNotEmpty() {
    Attributes bad = new Attributes();
    bad.asPath = List.of(Asn.of(64500));
    refuses(Relation.MESH, "as-path-not-empty", new Attributes(), bad);
  }

  @Test
  void aRouteThatAReflectorKeepsAlthoughItsNodeIsGone() {
    Attributes good = new Attributes();
    good.communities = List.of(PathAttributes.NO_LLGR);
    Attributes bad = new Attributes();
    bad.communities = List.of(PathAttributes.LLGR_STALE);
    refuses(Relation.MESH, "stale", good, bad);
  }

  @Test
  void moreCommunitiesAndClustersThanARouteMayHave() {
    Attributes good = new Attributes();
    good.communities = numbers(OverlayLimits.ATTRIBUTE_ITEMS);
    Attributes bad = new Attributes();
    bad.communities = numbers(OverlayLimits.ATTRIBUTE_ITEMS);
    bad.large = List.of(new LargeCommunity(1, 2, 3));
    refuses(Relation.MESH, "attributes-too-long", good, bad);
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Test
  void anOriginatorIdThatIsThisNode() {
    Attributes bad = new Attributes();
    bad.originatorId = Optional.of(BgpIdentifier.of(OWN));
    refuses(Relation.MESH, "originator-is-me", new Attributes(), bad);
  }

  @Test
  void aClusterListThatHasThisNode() {
    Attributes good = new Attributes();
    good.clusterList = List.of(BgpIdentifier.of(OTHER));
    Attributes bad = new Attributes();
    bad.clusterList = List.of(BgpIdentifier.of(OTHER), BgpIdentifier.of(OWN));
    refuses(Relation.MESH, "cluster-list-loop", good, bad);
  }

  @Test
  void aMeshPeerThatRelays() {
    Attributes bad = new Attributes();
    bad.originatorId = Optional.of(BgpIdentifier.of(OTHER));
    refuses(Relation.MESH, "originator-not-the-peer", new Attributes(), bad);
  }

  @Test
  void aReflectedNextHopThatIsNotTheOriginator() {
    Attributes good = new Attributes();
    good.nextHop = Optional.of(BEHIND.inetAddress());
    good.originatorId = Optional.of(BgpIdentifier.of(BEHIND));
    Attributes bad = new Attributes();
    bad.nextHop = Optional.of(BEHIND.inetAddress());
    bad.originatorId = Optional.of(BgpIdentifier.of(OTHER));
    refuses(Relation.REFLECTOR, "next-hop-not-the-originator", good, bad);
  }

  @Test
  void aReflectedRouteOfANodeThatNobodyKnows() {
    Attributes good = new Attributes();
    good.nextHop = Optional.of(BEHIND.inetAddress());
    good.originatorId = Optional.of(BgpIdentifier.of(BEHIND));
    Attributes bad = new Attributes();
    bad.nextHop = Optional.of(OTHER.inetAddress());
    bad.originatorId = Optional.of(BgpIdentifier.of(OTHER));
    refuses(Relation.REFLECTOR, "next-hop-not-a-node", good, bad);
  }

  @Test
  void aReflectorsForeignNextHopWithoutAnOriginator() {
    Attributes bad = new Attributes();
    bad.nextHop = Optional.of(BEHIND.inetAddress());
    refuses(Relation.REFLECTOR, "next-hop-not-the-peer", new Attributes(), bad);
  }

  @Test
  void aRelaysRouteOfANodeThatNobodyKnows() {
    Attributes good = new Attributes();
    good.nextHop = Optional.of(BEHIND.inetAddress());
    Attributes bad = new Attributes();
    bad.nextHop = Optional.of(OTHER.inetAddress());
    refuses(Relation.RELAY, "next-hop-not-a-node", good, bad);
  }

  private void refusesHost(HostAddress good, HostAddress bad, String rule) {
    Peer peer = peer(PEER, Relation.MESH, SHOP, OTHER, OWN);
    Source source = source(peer);
    importPolicy.take(peer, source, announce(new Attributes(), good, bad), 1);
    assertThat(refused).containsExactly(rule);
    assertThat(source.acceptedPaths).as("the canary").isEqualTo(1);
    assertThat(rib.host(bad.offset())).isNull();
  }

  @Test
  void thisNodesIdentityEvenWhenEntitled() {
    refusesHost(PEER, OWN, "own-identity");
  }

  @Test
  void anotherNodesIdentityEvenWhenEntitled() {
    peer(OTHER, Relation.MESH);
    refusesHost(PEER, OTHER, "identity-of-another-node");
  }

  @Test
  void aServiceThatThePeerIsNotEntitledTo() {
    refusesHost(SHOP, MEDIA, "not-entitled");
  }

  @Test
  void anEmptyEntitlementAcceptsTheIdentityAndNothingElse() {
    Peer peer = peer(PEER, Relation.MESH);
    Source source = source(peer);
    importPolicy.take(peer, source, announce(new Attributes(), PEER, SHOP), 1);
    assertThat(refused).containsExactly("not-entitled");
    assertThat(source.acceptedPaths).isEqualTo(1);
  }

  @Test
  void theDirectorySpeaksOnlyForTheNodeItNames() {
    Peer peer = peer(PEER, Relation.REFLECTOR);
    Source source = source(peer);
    Attributes behind = new Attributes();
    behind.nextHop = Optional.of(BEHIND.inetAddress());
    behind.originatorId = Optional.of(BgpIdentifier.of(BEHIND));
    importPolicy.take(peer, source, announce(behind, BEHIND, SHOP, MEDIA), 1);
    importPolicy.take(peer, source, announce(new Attributes(), SHOP), 2);
    assertThat(refused).containsExactly("not-entitled", "not-entitled");
  }

  @Test
  void theExcessOverTheAcceptLimitIsDroppedAndTheRestIsKept() {
    HostAddress a = OverlayNet.host("10.32.1.1");
    HostAddress b = OverlayNet.host("10.32.1.2");
    Peer peer = peer(PEER, Relation.MESH, SHOP, MEDIA, a, b);
    Source source = source(peer);
    importPolicy.take(peer, source, announce(new Attributes(), SHOP, MEDIA, a, b), 1);
    assertThat(refused).containsExactly("over-accept-limit");
    assertThat(source.acceptedPaths).isEqualTo(3);
    assertThat(rib.host(b.offset())).isNull();
    // What is already there may still change, and room that becomes free can be used.
    Attributes other = new Attributes();
    other.med = OptionalLong.of(5);
    importPolicy.take(peer, source, announce(other, SHOP), 2);
    rib.withdraw(source, a.offset(), 0);
    importPolicy.take(peer, source, announce(new Attributes(), b), 3);
    assertThat(refused).hasSize(1);
  }

  @Test
  void signalAndTierAreReadFromTheAttributes() {
    Peer peer = peer(PEER, Relation.MESH, SHOP, MEDIA);
    Source source = source(peer);
    Attributes cold = new Attributes();
    cold.large = List.of(new LargeCommunity(64500, 1, 2), new LargeCommunity(OverlayNet.ASN, 1, 3));
    cold.med = OptionalLong.of(4_000_000_000L);
    importPolicy.take(peer, source, announce(cold, SHOP), 1);
    Attributes draining = new Attributes();
    draining.communities = List.of(PathAttributes.GRACEFUL_SHUTDOWN);
    importPolicy.take(peer, source, announce(draining, MEDIA), 1);
    assertThat(attributes(SHOP).signal).isEqualTo(Signal.COLD);
    assertThat(attributes(SHOP).tier).isEqualTo(4_000_000_000L);
    assertThat(attributes(MEDIA).signal).isEqualTo(Signal.DRAINING);
  }

  private AttributeSet attributes(HostAddress host) {
    Host found = rib.host(host.offset());
    Path path = found == null ? null : found.first;
    if (path == null) {
      throw new AssertionError(host + " has no path");
    }
    return path.attributes;
  }

  @Test
  void aLeakIsCountedAndOnlyTheLastFewAreRemembered() {
    Peer peer = peer(PEER, Relation.MESH, SHOP);
    Source source = source(peer);
    List<UpdateMessage.Refusal> leak = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      leak.add(new UpdateMessage.Refusal("not-host-length", "192.0." + (i & 255) + ".0/24"));
    }
    importPolicy.take(
        peer,
        source,
        new UpdateMessage<>(List.of(), List.of(), Optional.empty(), leak, Optional.empty()),
        1);
    assertThat(peer.refusals.rules())
        .containsExactly(new RefusedView.RuleCount("not-host-length", 1000));
    assertThat(peer.refusals.recent()).hasSize(config.limits().recentRefusals());
    assertThat(peer.refusals.recent().getLast().what()).isEqualTo("192.0.231.0/24");
  }
}
