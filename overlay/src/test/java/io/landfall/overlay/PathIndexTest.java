package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A peer chooses path identifiers as it likes, and cannot choose where they stand. */
class PathIndexTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final int PATHS = 2_000;

  /** More slots than so many paths need. */
  private static final int SLOTS_MASK = (1 << 14) - 1;

  private final Source from =
      Source.session(
          new PeerInfo(
              new NodeName("nyc"), OverlayNet.host("10.32.0.2"), new TreeSet<>(), Relation.RELAY),
          PATHS);

  /** Identifiers that fall into one slot where the multipliers are known. */
  private static List<Integer> aimed() {
    List<Integer> ids = new ArrayList<>();
    for (int id = 1; ids.size() < PATHS; id++) {
      if (((int) ((id * 0x94D049BB133111EBL) >>> 32) & SLOTS_MASK) == 0) {
        ids.add(id);
      }
    }
    return ids;
  }

  private double meanProbes(Rng secret) {
    PathIndex index = new PathIndex(secret);
    List<Path> paths = new ArrayList<>();
    for (int id : aimed()) {
      AttributeSet set =
          new AttributeSet(
              from, FedOverlay.attributes(0), SHOP, 1, new Asn(OverlayNet.ASN), NodeCosts.equal());
      Path path = new Path(new Host(SHOP), from, id, id, set);
      index.add(path);
      paths.add(path);
    }
    return paths.stream().mapToInt(index::probes).average().orElseThrow();
  }

  @Test
  void identifiersThatWereAimedAtOneSlotAreSpreadByTheSecret() {
    assertThat(meanProbes(bound -> 0)).as("the canary: nothing is secret").isGreaterThan(500);
    assertThat(meanProbes(new Random(7)::nextLong)).isLessThan(20);
  }
}
