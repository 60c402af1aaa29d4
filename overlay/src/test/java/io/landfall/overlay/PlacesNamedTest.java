package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where other nodes are, as a node of the mesh names it on the route of its own identity. */
class PlacesNamedTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final NodeEndpoint NYC = endpoint("203.0.113.2");
  private static final NodeEndpoint SIN = endpoint("2001:db8::3");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private final Node fra = net.add("fra", "10.32.0.1");
  private final Node osl = net.add("osl", "10.32.0.4");

  @Test
  void aPeerIsToldWhatIsNamedBeforeItsSessionAndDuringItEachOnce() {
    fra.step(new OverlayEvent.NamePlaces(List.of(NYC)));
    net.join(fra, osl);
    net.settle();
    assertThat(named()).containsExactly(of(NYC));

    fra.step(new OverlayEvent.NamePlaces(List.of(NYC, SIN)));
    net.settle();
    // Nothing new is in it: the endpoint of the node itself.
    fra.step(new OverlayEvent.ReachedAt(endpoint("203.0.113.1")));
    net.settle();
    fra.step(new OverlayEvent.NamePlaces(List.of()));
    net.settle();
    assertThat(named()).containsExactly(of(NYC), of(NYC, SIN), of());
    assertThat(osl.seen(OverlayEffect.NodeLearned.class)).hasSize(2);
  }

  @Test
  void theTableIsTheSameWithAndWithoutWhatIsNamed() {
    fra.originate(SHOP, Signal.UP, 3);
    net.join(fra, osl);
    net.settle();
    Map<String, List<String>> before = osl.table();

    fra.step(new OverlayEvent.NamePlaces(List.of(NYC, SIN)));
    net.settle();
    assertThat(named()).hasSize(1);
    assertThat(osl.table()).isEqualTo(before);
    assertThat(osl.overlay.refused()).allSatisfy(each -> assertThat(each.rules()).isEmpty());
  }

  @Test
  void asManyAsMayBeNamedAreTakenWithTheRoute() {
    List<NodeEndpoint> many = new ArrayList<>();
    for (int i = 0; i < NamedPlaces.MOST; i++) {
      many.add(endpoint("2001:db8::" + (i + 1)));
    }
    fra.step(new OverlayEvent.ReachedAt(endpoint("2001:db8::ffff")));
    fra.step(new OverlayEvent.NamePlaces(many));
    net.join(fra, osl);
    net.settle();
    assertThat(named()).singleElement().satisfies(each -> assertThat(each.places()).hasSize(32));
    assertThat(osl.overlay.queries().route(fra.identity)).isPresent();
  }

  @ParameterizedTest
  @EnumSource(
      value = Relation.class,
      names = {"CLIENT", "REFLECTOR", "RELAY"})
  void onlyPeersOfTheMeshAreBelieved(Relation relation) {
    FedOverlay fed = new FedOverlay(relation).connect();
    fed.announce(naming(NYC), FedOverlay.PEER, 0);
    assertThat(fed.accepted()).isEqualTo(1);
    assertThat(named(fed)).isEmpty();
  }

  @Test
  void whatIsNamedGoesWithTheRouteAndOnARouteOfAServiceNothingIsNamed() {
    FedOverlay fed = new FedOverlay(Relation.MESH).connect();
    fed.announce(naming(NYC), FedOverlay.service(0), 0);
    assertThat(named(fed)).isEmpty();
    fed.announce(naming(NYC), FedOverlay.PEER, 0);
    fed.withdraw(FedOverlay.service(0), 0);
    assertThat(named(fed)).hasSize(1);
    fed.withdraw(FedOverlay.PEER, 0);
    assertThat(named(fed).getLast().places()).isEmpty();
  }

  @Test
  void aRouteThatIsRefusedNamesNothing() {
    FedOverlay fed = new FedOverlay(Relation.MESH).connect();
    fed.announce(naming(NYC), FedOverlay.PEER, 0);
    PathAttributes good = naming(SIN);
    PathAttributes stale =
        new PathAttributes(
            good.origin(),
            good.asPath(),
            good.nextHop(),
            good.med(),
            good.localPref(),
            good.reflection(),
            new PathAttributes.Communities(
                List.of(PathAttributes.LLGR_STALE), good.communities().large()),
            OptionalLong.empty());
    fed.announce(stale, FedOverlay.PEER, 0);
    assertThat(named(fed))
        .extracting(OverlayEffect.PlacesNamed::places)
        .containsExactly(List.of(NYC), List.of());
  }

  @Test
  void aNewSessionBeginsWithNothingNamed() {
    FedOverlay fed = new FedOverlay(Relation.MESH).connect();
    fed.announce(naming(NYC), FedOverlay.PEER, 0);
    fed.lose();
    fed.connect();
    fed.announce(naming(NYC), FedOverlay.PEER, 0);
    assertThat(named(fed)).hasSize(2);
  }

  private static PathAttributes naming(NodeEndpoint... places) {
    PathAttributes plain = FedOverlay.attributes(0);
    return new PathAttributes(
        plain.origin(),
        plain.asPath(),
        Optional.of(FedOverlay.PEER.inetAddress()),
        plain.med(),
        plain.localPref(),
        plain.reflection(),
        new PathAttributes.Communities(
            List.of(), NamedPlaces.communities(List.of(places), new Asn(OverlayNet.ASN))),
        OptionalLong.empty());
  }

  private static List<OverlayEffect.PlacesNamed> named(FedOverlay fed) {
    return fed.effects.stream()
        .filter(OverlayEffect.PlacesNamed.class::isInstance)
        .map(OverlayEffect.PlacesNamed.class::cast)
        .toList();
  }

  private List<OverlayEffect.PlacesNamed> named() {
    return osl.seen(OverlayEffect.PlacesNamed.class);
  }

  private OverlayEffect.PlacesNamed of(NodeEndpoint... places) {
    return new OverlayEffect.PlacesNamed(fra.identity, List.of(places));
  }

  private static NodeEndpoint endpoint(String address) {
    return new NodeEndpoint(InetAddress.ofLiteral(address), 8443);
  }
}
