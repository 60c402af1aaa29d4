package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerInfo.Relation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one peer may make the table keep: beyond a bound a route is refused, and nothing else. */
class ImportBoundsTest {
  private static final HostAddress SHOP = FedOverlay.service(0);
  private static final HostAddress MEDIA = FedOverlay.service(1);
  private static final String PATHS = "too-many-paths-of-a-host";
  private static final String BYTES = "too-many-attribute-bytes";

  @ParameterizedTest
  @EnumSource(Relation.class)
  void aPeerHasSoManyPathsOfAHostAndNoMore(Relation relation) {
    int most =
        relation.speaksForOthers()
            ? OverlayLimits.PATHS_PER_HOST_OF_A_REFLECTOR
            : OverlayLimits.PATHS_PER_HOST_OF_A_NODE;
    FedOverlay fra = new FedOverlay(relation, relation.isClient()).connect();
    for (int id = 1; id <= most + 2; id++) {
      fra.announce(FedOverlay.attributes(7), SHOP, id);
    }
    assertThat(fra.accepted()).isEqualTo(most);
    assertThat(fra.refusals(PATHS)).isEqualTo(2);
    assertThat(fra.isEstablished()).isTrue();

    fra.announce(FedOverlay.attributes(7), MEDIA, 1);
    assertThat(fra.accepted()).as("another host").isEqualTo(most + 1);
    fra.announce(FedOverlay.attributes(8), SHOP, 1);
    assertThat(fra.refusals(PATHS)).as("a path that is there may change").isEqualTo(2);
    fra.withdraw(SHOP, 1);
    fra.announce(FedOverlay.attributes(7), SHOP, most + 1);
    assertThat(fra.accepted()).as("one for one").isEqualTo(most + 1);
    assertThat(fra.refusals(PATHS)).isEqualTo(2);
  }

  @Test
  void theNextSessionBeginsWithNothingCounted() {
    FedOverlay fra = new FedOverlay(Relation.MESH).connect();
    for (int round = 0; round < 3; round++) {
      for (int id = 1; id <= OverlayLimits.PATHS_PER_HOST_OF_A_NODE; id++) {
        fra.announce(FedOverlay.attributes(id), SHOP, id);
      }
      assertThat(fra.accepted()).isEqualTo(OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
      fra.lose();
      fra.connect();
    }
    assertThat(fra.refusals(PATHS)).isZero();
  }

  /** Announces routes that share nothing, and returns how many were accepted. */
  private static int fill(FedOverlay fra, int largeCommunities) {
    int med = 0;
    for (int host = 0; host < FedOverlay.SERVICES; host++) {
      for (int id = 1; id <= OverlayLimits.PATHS_PER_HOST_OF_A_NODE; id++) {
        fra.announce(FedOverlay.attributes(med++, largeCommunities), FedOverlay.service(host), id);
      }
    }
    return fra.accepted();
  }

  @Test
  void attributesOccupyNoMoreThanTheBoundAndTheSessionStaysUp() {
    FedOverlay fra = new FedOverlay(Relation.MESH).connect();
    int accepted = fill(fra, 127);
    int sent = FedOverlay.SERVICES * OverlayLimits.PATHS_PER_HOST_OF_A_NODE;
    int each = new AttributeSetSize(127).bytes();
    assertThat(accepted)
        .isEqualTo(OverlayLimits.attributeBytes(false, OverlayLimits.usual().acceptPaths()) / each);
    assertThat(fra.refusals(BYTES)).isEqualTo(sent - accepted);
    assertThat(fra.isEstablished()).isTrue();
    assertThat(fra.overlay.refused().getFirst().routes())
        .as("what is refused now is listed")
        .isNotEmpty()
        .allMatch(route -> route.rule().equals(BYTES));
  }

  @Test
  void atTheBoundWhatSharesAttributesIsTakenAndWhatIsThereMayChange() {
    FedOverlay fra = new FedOverlay(Relation.MESH).connect();
    int accepted = fill(fra, 127);
    HostAddress last = FedOverlay.service(FedOverlay.SERVICES - 1);
    fra.announce(FedOverlay.attributes(0, 127), last, 1);
    assertThat(fra.accepted()).as("it shares the first route's").isEqualTo(accepted + 1);
    long before = fra.refusals(BYTES);
    fra.announce(FedOverlay.attributes(9_000, 127), FedOverlay.service(1), 1);
    assertThat(fra.accepted()).as("new for old").isEqualTo(accepted + 1);
    assertThat(fra.refusals(BYTES)).isEqualTo(before);
    fra.announce(FedOverlay.attributes(9_001, 127), last, 2);
    assertThat(fra.refusals(BYTES)).as("one more is one too many").isEqualTo(before + 1);
  }

  @Test
  void whatIsWithdrawnOrLostMakesRoomForAsMuch() {
    FedOverlay fra = new FedOverlay(Relation.MESH).connect();
    int accepted = fill(fra, 127);
    for (int host = 0; host < FedOverlay.SERVICES; host++) {
      for (int id = 1; id <= OverlayLimits.PATHS_PER_HOST_OF_A_NODE; id++) {
        fra.withdraw(FedOverlay.service(host), id);
      }
    }
    assertThat(fra.accepted()).isZero();
    assertThat(fill(fra, 127)).isEqualTo(accepted);
    fra.lose();
    fra.connect();
    assertThat(fill(fra, 127)).isEqualTo(accepted);
  }

  /** What one of the sets of {@link FedOverlay} is counted with. */
  private record AttributeSetSize(int largeCommunities) {
    int bytes() {
      PeerInfo info =
          new PeerInfo(
              new io.landfall.core.NodeName("nyc"),
              FedOverlay.PEER,
              new java.util.TreeSet<>(),
              Relation.MESH);
      return new AttributeSet(
              Source.session(info, 1),
              FedOverlay.attributes(0, largeCommunities),
              FedOverlay.PEER,
              1,
              new Asn(OverlayNet.ASN),
              NodeCosts.equal())
          .bytes();
    }
  }
}
