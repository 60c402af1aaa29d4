package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A peer chooses its communities, and so the hash of its attributes. */
class EqualHashesTest {
  private static final int SETS = 90;

  /** The hash of a list is 31 times that of what is before the last, and the last. */
  private static PathAttributes attributes(int number) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(FedOverlay.PEER.inetAddress()),
        OptionalLong.of(7),
        OptionalLong.of(100),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(List.of(number, 100_000 - 31 * number), List.of()),
        OptionalLong.empty());
  }

  @Test
  void attributesOfOneHashAreKeptApart() {
    assertThat(attributes(1)).hasSameHashCodeAs(attributes(2)).isNotEqualTo(attributes(2));
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < SETS; i++) {
        one.announce(attributes(i), FedOverlay.service(i), 1);
      }
      for (int i = 0; i < SETS; i++) {
        assertThat(
                one.overlay
                    .queries()
                    .route(FedOverlay.service(i))
                    .orElseThrow()
                    .paths()
                    .getFirst()
                    .attributes()
                    .communities()
                    .standard())
            .isEqualTo(attributes(i).communities().standard());
      }
      for (int i = 0; i < SETS; i++) {
        one.withdraw(FedOverlay.service(i), 1);
      }
      assertThat(one.accepted()).isZero();
    }
  }

  /** What is refused route by route holds no attributes. */
  @Test
  void attributesOfRoutesThatAreRefusedTakeNoRoom() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    for (int i = 0; i < 1_000; i++) {
      one.announce(FedOverlay.attributes(i, 127), OverlayNet.host("10.32.1.250"), 1);
    }
    assertThat(one.refusals("not-entitled")).isEqualTo(1_000);
    one.announce(FedOverlay.attributes(5_000, 127), FedOverlay.service(0), 1);
    assertThat(one.accepted()).isEqualTo(1);
    assertThat(one.refusals("over-attribute-bytes")).isZero();
  }
}
