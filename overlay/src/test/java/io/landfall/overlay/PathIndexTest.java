package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      Path path = path(SHOP.offset(), id);
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

  @Test
  void everyMultiplierIsOdd() {
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      assertThat(PathIndex.multiplier(random::nextLong, 0x9E3779B97F4A7C15L) & 1).isEqualTo(1);
    }
  }

  private static final int MOST_TRIES = 1_000_000;

  private record Place(int host, int id) {}

  /** The multipliers are known here, so a pair of one hash is found among random ones. */
  @Test
  void pathsOfOneHashAreToldApart() {
    Random random = new Random(7);
    Map<Integer, Place> seen = new HashMap<>();
    Place one = new Place(0, 0);
    Place other = null;
    for (int i = 0; i < MOST_TRIES && other == null; i++) {
      one = new Place(random.nextInt(512), random.nextInt());
      long hash =
          one.host * 0x9E3779B97F4A7C15L
              + from.identity.offset() * 0xBF58476D1CE4E5B9L
              + one.id * 0x94D049BB133111EBL;
      other = seen.put((int) (hash >>> 32), one);
    }
    if (other == null) {
      throw new AssertionError("no two of one hash");
    }
    assertThat(other).isNotEqualTo(one);
    PathIndex index = new PathIndex(bound -> 0);
    Path first = path(other.host, other.id);
    index.add(first);
    assertThat(index.get(other.host, from, other.id)).isSameAs(first);
    assertThat(index.get(one.host, from, one.id)).isNull();
    Path second = path(one.host, one.id);
    index.add(second);
    assertThat(index.get(one.host, from, one.id)).isSameAs(second);
    index.remove(first);
    assertThat(index.get(other.host, from, other.id)).isNull();
    assertThat(index.get(one.host, from, one.id)).isSameAs(second);
  }

  private Path path(int host, int id) {
    return new Path(
        new Host(OverlayNet.BLOCK.host(host)),
        from,
        id,
        id,
        new AttributeSet(
            from, FedOverlay.attributes(0), SHOP, 1, new Asn(OverlayNet.ASN), NodeCosts.equal()));
  }
}
