package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of paths is total and the one that the design names, whatever arrived first. */
class BestPathProperty {
  /** One path in words. */
  private record Spec(
      int node,
      boolean usable,
      long localPref,
      long tier,
      int cost,
      int clusters,
      int from,
      int id) {}

  private static final HostAddress SERVICE = OverlayNet.host("10.32.1.10");

  private static Path path(Spec spec, UsableNextHops nextHops) {
    HostAddress nextHop = OverlayNet.BLOCK.host(spec.node());
    nextHops.setEstablished(spec.node(), spec.usable());
    PathAttributes attributes =
        new PathAttributes(
            Origin.IGP,
            List.of(),
            Optional.of(nextHop.inetAddress()),
            OptionalLong.of(spec.tier()),
            OptionalLong.of(spec.localPref()),
            new PathAttributes.Reflection(
                Optional.empty(), Collections.nCopies(spec.clusters(), 1)),
            PathAttributes.Communities.NONE,
            OptionalLong.empty());
    PeerInfo from =
        new PeerInfo(
            new NodeName("n" + spec.from()),
            OverlayNet.BLOCK.host(spec.from()),
            new TreeSet<>(),
            Relation.MESH);
    Source source = Source.session(from, 1);
    AttributeSet set =
        new AttributeSet(
            source,
            attributes,
            nextHop,
            BgpIdentifier.of(nextHop),
            new Asn(OverlayNet.ASN),
            n -> spec.cost());
    return new Path(new Host(SERVICE), source, spec.id(), 0, set);
  }

  private static void prefers(Spec better, Spec worse) {
    UsableNextHops nextHops = new UsableNextHops(500);
    Path a = path(better, nextHops);
    Path b = path(worse, nextHops);
    assertThat(BestPath.compare(a, b, nextHops)).isNegative();
    assertThat(BestPath.compare(b, a, nextHops)).isPositive();
  }

  @Test
  void eachStepDecidesOverAllThatFollowIt() {
    prefers(new Spec(2, true, 0, 9, 9, 9, 2, 9), new Spec(1, false, 100, 0, 0, 0, 1, 0));
    prefers(new Spec(2, true, 100, 9, 9, 9, 2, 9), new Spec(1, true, 0, 0, 0, 0, 1, 0));
    prefers(new Spec(2, true, 100, 1, 9, 9, 2, 9), new Spec(1, true, 100, 2, 0, 0, 1, 0));
    prefers(new Spec(2, true, 100, 1, 1, 9, 2, 9), new Spec(1, true, 100, 1, 2, 0, 1, 0));
    prefers(new Spec(2, true, 100, 1, 1, 1, 2, 9), new Spec(1, true, 100, 1, 1, 2, 1, 0));
    prefers(new Spec(1, true, 100, 1, 1, 1, 2, 9), new Spec(2, true, 100, 1, 1, 1, 1, 0));
    prefers(new Spec(1, true, 100, 1, 1, 1, 1, 9), new Spec(1, true, 100, 1, 1, 1, 2, 0));
    prefers(new Spec(1, true, 100, 1, 1, 1, 1, 0), new Spec(1, true, 100, 1, 1, 1, 1, 9));
  }

  @Test
  void tiersAndIdentifiersAreUnsigned() {
    prefers(
        new Spec(1, true, 100, 0x7fff_ffffL, 0, 0, 1, 0),
        new Spec(1, true, 100, 0xffff_ffffL, 0, 0, 1, 0));
    prefers(new Spec(1, true, 100, 0, 0, 0, 1, 1), new Spec(1, true, 100, 0, 0, 0, 1, -1));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15})
  void anyOrderOfArrivalGivesTheSameOrderOfPreference(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      UsableNextHops nextHops = new UsableNextHops(500);
      List<Path> paths = new ArrayList<>();
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        // Few values, so that many steps tie; the identifier keeps the paths apart.
        paths.add(
            path(
                new Spec(
                    1 + random.nextInt(3),
                    random.nextBoolean(),
                    random.nextBoolean() ? 100 : 0,
                    random.nextInt(2),
                    random.nextInt(2),
                    random.nextInt(2),
                    1 + random.nextInt(3),
                    i),
                nextHops));
      }
      List<Integer> first = order(paths, nextHops);
      for (int shuffle = 0; shuffle < 5; shuffle++) {
        Collections.shuffle(paths, random);
        assertThat(order(paths, nextHops)).isEqualTo(first);
      }
    }
  }

  private static List<Integer> order(List<Path> paths, UsableNextHops nextHops) {
    Host host = new Host(SERVICE);
    for (Path path : paths) {
      path.live = true;
      host.link(path);
    }
    List<Integer> order = BestPath.inOrder(host, nextHops).stream().map(p -> p.pathId).toList();
    Path best = BestPath.best(host, nextHops, p -> true);
    assertThat(best == null ? -1 : best.pathId).isEqualTo(order.getFirst());
    return order;
  }

  /** What a person is told decided is what decided. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void theNamedStepAgreesWithTheComparison(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      UsableNextHops nextHops = new UsableNextHops(500);
      Path a = path(any(random), nextHops);
      Path b = path(any(random), nextHops);
      int whole = BestPath.compare(a, b, nextHops);
      int step = DecisionStep.between(a, b, nextHops).compare(a, b, nextHops);
      assertThat(Integer.signum(step)).isEqualTo(Integer.signum(whole));
    }
  }

  private static Spec any(Random random) {
    return new Spec(
        1 + random.nextInt(3),
        random.nextInt(4) > 0,
        100L * random.nextInt(2),
        random.nextInt(2),
        random.nextInt(2),
        random.nextInt(2),
        1 + random.nextInt(2),
        random.nextInt(2));
  }
}
