package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the attributes of a route may carry, and what they are counted with. */
class AttributeBoundsTest {
  private static PathAttributes attributes(
      HostAddress nextHop, int standard, int large, int clusters) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(nextHop.inetAddress()),
        OptionalLong.of(7),
        OptionalLong.of(100),
        new PathAttributes.Reflection(
            Optional.of(BgpIdentifier.of(nextHop)), Collections.nCopies(clusters, 9)),
        new PathAttributes.Communities(
            IntStream.range(0, standard).boxed().toList(),
            IntStream.range(0, large).mapToObj(i -> new LargeCommunity(65_551, 1, i)).toList()),
        OptionalLong.empty());
  }

  private static int bytes(int standard, int large, int clusters) {
    Source source =
        Source.session(
            new PeerInfo(new NodeName("nyc"), FedOverlay.PEER, new TreeSet<>(), Relation.RELAY), 1);
    return new AttributeSet(
            source,
            attributes(FedOverlay.PEER, standard, large, clusters),
            FedOverlay.PEER,
            1,
            new Asn(OverlayNet.ASN),
            NodeCosts.equal())
        .bytes();
  }

  /** 128 items: communities of both kinds and clusters together. */
  @ParameterizedTest
  @CsvSource({"128, 0, 0", "0, 128, 0", "0, 0, 128", "40, 44, 44"})
  void asManyItemsAsARouteMayCarryAreTakenAndNoMore(int standard, int large, int clusters) {
    FedOverlay one = new FedOverlay(Relation.RELAY).connect();
    HostAddress service = FedOverlay.service(0);
    one.announce(attributes(FedOverlay.PEER, standard, large, clusters), service, 1);
    assertThat(one.accepted()).isEqualTo(1);
    one.announce(attributes(FedOverlay.PEER, standard + 1, large, clusters), service, 2);
    one.announce(attributes(FedOverlay.PEER, standard, large + 1, clusters), service, 3);
    one.announce(attributes(FedOverlay.PEER, standard, large, clusters + 1), service, 4);
    assertThat(one.accepted()).isEqualTo(1);
    assertThat(one.refusals("attributes-too-long")).isEqualTo(3);
  }

  @Test
  void theFirstAddressOfTheBlockIsInItAndNoNodes() {
    FedOverlay one = new FedOverlay(Relation.RELAY).connect();
    one.announce(attributes(OverlayNet.host("10.32.0.0"), 0, 0, 0), FedOverlay.service(0), 1);
    assertThat(one.refusals("next-hop-not-a-node")).isEqualTo(1);
    assertThat(one.accepted()).isZero();
  }

  @Test
  void everyItemOccupiesMemory() {
    int none = bytes(0, 0, 0);
    assertThat(none).as("600 and its reflected copy's 300").isEqualTo(900);
    assertThat(bytes(1, 0, 0)).isGreaterThan(none);
    assertThat(bytes(0, 0, 1)).isEqualTo(bytes(1, 0, 0));
    assertThat(bytes(0, 1, 0)).isGreaterThan(bytes(1, 0, 0));
    assertThat(bytes(3, 5, 2) - none)
        .isEqualTo(5 * (bytes(1, 0, 0) - none) + 5 * (bytes(0, 1, 0) - none));
  }

  @Test
  void attributesMayOccupyAllOfTheirRoomAndNoMore() {
    Source source =
        Source.session(
            new PeerInfo(new NodeName("nyc"), FedOverlay.PEER, new TreeSet<>(), Relation.MESH), 1);
    source.attributeBytes = source.attributeLimitBytes;
    assertThat(source.isOverAttributeLimit()).isFalse();
    source.attributeBytes++;
    assertThat(source.isOverAttributeLimit()).isTrue();
  }

  @Test
  void aPeerMayHaveAttributesByItsPathsButNeverLessThanTheFewest() {
    assertThat(OverlayLimits.attributeBytes(true, 65_536)).isEqualTo(16 << 20);
    assertThat(OverlayLimits.attributeBytes(false, 65_536)).isEqualTo(2 << 20);
    assertThat(OverlayLimits.attributeBytes(true, 1)).isEqualTo(256 << 10);
    assertThat(OverlayLimits.attributeBytes(false, 0)).isEqualTo(256 << 10);
    assertThat(OverlayLimits.attributeBytes(true, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  /** Functions behind the last one of an endpoint, or of a place, are other communities. */
  @Test
  void aCommunityBehindTheLastPartOfAnEndpointIsNoPartOfIt() {
    Asn asn = new Asn(OverlayNet.ASN);
    LargeCommunity behind = new LargeCommunity(OverlayNet.ASN, 0x0264 << 16 | 8443, 1);
    LargeCommunity before = new LargeCommunity(OverlayNet.ASN, 0x025f << 16 | 8443, 1);
    assertThat(NodeEndpoint.in(List.of(behind, before), asn)).isEmpty();
    List<LargeCommunity> placeBehind =
        List.of(
            new LargeCommunity(OverlayNet.ASN, 0x0480 << 16 | 8443, 0x20010db8),
            new LargeCommunity(OverlayNet.ASN, 0x0481 << 16 | 1, 2),
            new LargeCommunity(OverlayNet.ASN, 0x0482 << 16 | 3, 4));
    assertThat(NamedPlaces.in(placeBehind, asn)).isEmpty();
  }
}
