package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

/** Each step of the decision, with what is shown of both paths where it is the one that decides. */
class DecisionStepTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress NYC = OverlayNet.host("10.32.0.2");
  private static final HostAddress SIN = OverlayNet.host("10.32.0.3");
  private static final int OWN = 1;
  private static final int NYC_ID = 0x0a200002;

  private final UsableNextHops nextHops = new UsableNextHops(OWN);

  /** A path like every other one but for what a test changes. */
  private static final class Made {
    HostAddress from = NYC;
    HostAddress nextHop = NYC;
    long localPref = 100;
    long tier = 5;
    int cost = 7;
    int clusters = 1;
    int originator = NYC_ID;
    int pathId = 1;

    Path path() {
      Source source =
          Source.session(
              new PeerInfo(new NodeName("n"), from, new TreeSet<>(), Relation.RELAY), 10);
      PathAttributes attributes =
          new PathAttributes(
              Origin.IGP,
              List.of(),
              Optional.of(nextHop.inetAddress()),
              OptionalLong.of(tier),
              OptionalLong.of(localPref),
              new PathAttributes.Reflection(
                  Optional.of(originator), Collections.nCopies(clusters, 9)),
              PathAttributes.Communities.NONE,
              OptionalLong.empty());
      return new Path(
          new Host(SHOP),
          source,
          pathId,
          pathId,
          new AttributeSet(
              source, attributes, nextHop, originator, new Asn(OverlayNet.ASN), node -> cost));
    }
  }

  private final Made better = new Made();
  private final Made worse = new Made();

  private void decides(DecisionStep step, String ofBetter, String ofWorse) {
    Path first = better.path();
    Path second = worse.path();
    assertThat(DecisionStep.between(first, second, nextHops)).isEqualTo(step);
    assertThat(DecisionStep.between(second, first, nextHops)).isEqualTo(step);
    assertThat(step.compare(first, second, nextHops)).isNegative();
    assertThat(step.compare(second, first, nextHops)).isPositive();
    assertThat(BestPath.compare(first, second, nextHops)).isNegative();
    assertThat(step.value(first)).isEqualTo(ofBetter);
    assertThat(step.value(second)).isEqualTo(ofWorse);
  }

  @Test
  void aUsableNextHop() {
    nextHops.setEstablished(SIN.offset(), true);
    better.nextHop = SIN;
    decides(DecisionStep.NEXT_HOP_USABLE, "10.32.0.3", "10.32.0.2");
  }

  @Test
  void theHigherLocalPref() {
    worse.localPref = 0;
    decides(DecisionStep.LOCAL_PREF, "100", "0");
  }

  @Test
  void theLowerTier() {
    worse.tier = 4_294_967_295L;
    decides(DecisionStep.TIER, "5", "4294967295");
  }

  @Test
  void theLowerCost() {
    worse.cost = 8;
    decides(DecisionStep.COST, "7", "8");
  }

  @Test
  void theShorterClusterList() {
    worse.clusters = 2;
    decides(DecisionStep.CLUSTER_LIST, "1", "2");
  }

  @Test
  void theLowerOriginatorAsAnUnsignedNumber() {
    worse.originator = 0xf0010203;
    decides(DecisionStep.ORIGINATOR, "10.32.0.2", "240.1.2.3");
  }

  @Test
  void theLowerNextHop() {
    worse.nextHop = SIN;
    decides(DecisionStep.NEXT_HOP, "10.32.0.2", "10.32.0.3");
  }

  @Test
  void theLowerPeer() {
    worse.from = SIN;
    decides(DecisionStep.PEER, "10.32.0.2", "10.32.0.3");
  }

  @Test
  void theLowerPathIdentifierAsAnUnsignedNumber() {
    worse.pathId = -1;
    decides(DecisionStep.PATH_ID, "1", "4294967295");
  }
}
