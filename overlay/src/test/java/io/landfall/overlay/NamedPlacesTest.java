package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.LargeCommunity;
import io.landfall.core.Asn;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NamedPlacesTest {
  private static final Asn ASN = Asn.of(4_200_000_000L);
  private static final int ADMINISTRATOR = ASN.bits();

  @Test
  void placesOfBothFamiliesComeBackInAnyOrderOfTheCommunities() {
    List<NodeEndpoint> places =
        List.of(
            place("203.0.113.7", 8443),
            place("2001:db8::1:2:ffff", 65_535),
            place("203.0.113.7", 1),
            place("2001:db8:ff00::9", 256));
    List<LargeCommunity> communities = new ArrayList<>(NamedPlaces.communities(places, ASN));

    assertThat(communities).hasSize(8);
    assertThat(NamedPlaces.in(communities, ASN)).containsExactlyInAnyOrderElementsOf(places);
    Collections.reverse(communities);
    assertThat(NamedPlaces.in(communities, ASN)).containsExactlyInAnyOrderElementsOf(places);
  }

  @Test
  void asManyAsMayBeNamedFitOnARouteAndMoreAreRefused() {
    List<NodeEndpoint> places = new ArrayList<>();
    for (int i = 1; i <= NamedPlaces.MOST; i++) {
      places.add(place("2001:db8::" + Integer.toHexString(i), 8443));
    }
    List<LargeCommunity> communities = NamedPlaces.communities(places, ASN);
    int own = place("2001:db8::1", 8443).communities(ASN).size();

    assertThat(NamedPlaces.in(communities, ASN)).containsExactlyElementsOf(places);
    // With NO_LLGR, and room for the clusters of some reflectors.
    assertThat(communities.size() + own + 1)
        .isLessThanOrEqualTo(OverlayLimits.ATTRIBUTE_ITEMS - 16);
    places.add(place("2001:db8::aaaa", 8443));
    assertThatThrownBy(() -> NamedPlaces.communities(places, ASN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoPlaceIsNotRead() {
    LargeCommunity portZero = new LargeCommunity(ADMINISTRATOR, 0x0304 << 16, 0x0a000001);
    LargeCommunity multicast = new LargeCommunity(ADMINISTRATOR, 0x0304 << 16 | 8443, 0xe0000001);
    LargeCommunity unspecified = new LargeCommunity(ADMINISTRATOR, 0x0304 << 16 | 8443, 0);
    LargeCommunity ofOther = new LargeCommunity(64_500, 0x0304 << 16 | 8443, 0x0a000001);
    LargeCommunity fourthPart = new LargeCommunity(ADMINISTRATOR, 0x0403 << 16 | 8443, 1);
    LargeCommunity beyond = new LargeCommunity(ADMINISTRATOR, 0x0480 << 16 | 8443, 1);
    LargeCommunity signal = new LargeCommunity(ADMINISTRATOR, AttributeSet.SIGNAL_FUNCTION, 1);

    assertThat(
            NamedPlaces.in(
                List.of(portZero, multicast, unspecified, ofOther, fourthPart, beyond, signal),
                ASN))
        .isEmpty();
  }

  @Test
  void anIpv6PlaceOfWhichAPartIsMissingIsNotRead() {
    List<LargeCommunity> parts = NamedPlaces.communities(List.of(place("2001:db8::1", 8443)), ASN);
    for (int missing = 0; missing < 3; missing++) {
      List<LargeCommunity> rest = new ArrayList<>(parts);
      rest.remove(missing);
      assertThat(NamedPlaces.in(rest, ASN)).isEmpty();
    }
  }

  @Test
  void aPlaceIsReadOnceAndNoMoreThanTheBound() {
    List<LargeCommunity> communities = new ArrayList<>();
    for (int i = 0; i < 2 * NamedPlaces.MOST; i++) {
      communities.add(new LargeCommunity(ADMINISTRATOR, 0x0304 << 16 | 8443, 0x0b000000 + i / 2));
    }
    assertThat(NamedPlaces.in(communities, ASN)).hasSize(NamedPlaces.MOST).doesNotHaveDuplicates();
    communities.addAll(List.copyOf(communities));
    for (int i = 0; i < NamedPlaces.MOST; i++) {
      communities.add(new LargeCommunity(ADMINISTRATOR, 0x0304 << 16 | 8443, 0x0c000000 + i));
    }
    assertThat(NamedPlaces.in(communities, ASN)).hasSize(NamedPlaces.MOST).doesNotHaveDuplicates();
  }

  @Test
  void anyCommunitiesAreReadWithoutAnError() {
    SplittableRandom random = new SplittableRandom(7);
    for (int run = 0; run < 10_000; run++) {
      List<LargeCommunity> communities = new ArrayList<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        int function = random.nextBoolean() ? 0x0304 : 0x03fe + random.nextInt(0x90);
        communities.add(
            new LargeCommunity(
                ADMINISTRATOR, function << 16 | random.nextInt(0x10000), random.nextInt()));
      }
      assertThat(NamedPlaces.in(communities, ASN)).hasSizeLessThanOrEqualTo(NamedPlaces.MOST);
    }
  }

  private static NodeEndpoint place(String address, int port) {
    return new NodeEndpoint(InetAddress.ofLiteral(address), port);
  }
}
