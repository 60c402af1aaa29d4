package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How many peers are remembered, and how many nodes behind reflectors are believed. */
class PeersLimitTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private final OverlaySettings settings =
      new OverlaySettings(
          new NodeName("ams"),
          OverlayNet.host("10.32.0.9"),
          new Asn(OverlayNet.ASN),
          OverlaySettings.Reflection.NONE,
          new OverlayLimits(
              new OverlayLimits.HoldTimes(9, 9),
              new OverlayLimits.PathLimits(100, 100),
              2,
              10,
              100,
              100,
              100),
          NodeCosts.equal(),
          NodeDirectory.empty());
  private final Node ams = net.add(settings);
  private final Node fra = net.add("fra", "10.32.0.1");
  private final Node nyc = net.add("nyc", "10.32.0.2");
  private final Node sin = net.add("sin", "10.32.0.3");

  private List<String> remembered() {
    return ams.overlay.peers().stream().map(peer -> peer.info().name().value()).toList();
  }

  private void joinAndCut(Node node) {
    long link = net.join(ams, node);
    net.settle();
    net.cut(link);
    net.nowNanos += 1_000_000;
  }

  @Test
  void theOneThatHasBeenAwayLongestIsForgottenWhicheverItsAddress() {
    joinAndCut(fra);
    joinAndCut(nyc);
    joinAndCut(sin);
    assertThat(remembered()).containsExactly("nyc", "sin");
    joinAndCut(nyc);
    joinAndCut(fra);
    assertThat(remembered()).containsExactly("fra", "nyc");
  }

  @Test
  void aLivePeerMayComeAgainAlsoWhenThereAreTheMostAndAnotherMayNot() {
    net.join(ams, fra);
    net.join(ams, nyc);
    net.settle();
    assertThat(ams.overlay.admit(fra.info(Relation.MESH), "fp-fra"))
        .isInstanceOf(PeerAdmission.Admitted.class);
    assertThat(ams.overlay.admit(sin.info(Relation.MESH), "fp-sin"))
        .isInstanceOfSatisfying(
            PeerAdmission.Refused.class,
            refused -> {
              assertThat(refused.rule()).isEqualTo(PeerAdmission.TOO_MANY_PEERS);
              assertThat(refused.toString()).contains("one peer more than 2");
            });
  }

  @Test
  void whoHasTheIdentityOrTheNameOfALivePeerIsNamedWithIt() {
    net.join(ams, fra);
    net.settle();
    assertThat(ams.overlay.admit(fra.info(Relation.MESH), "fp-other").toString())
        .contains("has the identity of fra (10.32.0.1)");
    ams.step(new OverlayEvent.LinkUp(fra.info(Relation.MESH), "fp-other", 77, Direction.INCOMING));
    assertThat(ams.seen(OverlayEffect.Note.class))
        .extracting(note -> note.warning() + " " + note.text())
        .anySatisfy(note -> assertThat(note).startsWith("true refused (duplicate-identity): "));
    PeerInfo namesake =
        new PeerInfo(fra.name, OverlayNet.host("10.32.0.7"), new TreeSet<>(), Relation.MESH);
    assertThat(ams.overlay.admit(namesake, "fp-other").toString())
        .contains("has the name of fra (10.32.0.1)");
  }

  @Test
  void asManyNodesBehindReflectorsAreBelievedAsThereMayBePeers() {
    Peers peers = new Peers(settings);
    TreeSet<HostAddress> none = new TreeSet<>();
    TreeSet<HostAddress> shop = new TreeSet<>(List.of(SHOP));
    assertThat(peers.isVerified(fra.identity, none)).isFalse();
    assertThat(peers.verify(fra.identity, none)).as("more than before").isTrue();
    assertThat(peers.verify(nyc.identity, shop)).isTrue();
    assertThat(peers.verify(sin.identity, shop)).as("one too many").isFalse();
    assertThat(peers.isNode(sin.identity)).isFalse();
    assertThat(peers.isVerified(fra.identity, none)).isTrue();
    assertThat(peers.isVerified(fra.identity, shop)).isFalse();
    assertThat(peers.verify(fra.identity, shop)).as("one that is known may change").isTrue();
    assertThat(peers.verify(fra.identity, shop)).as("the same again").isFalse();
    assertThat(peers.verify(fra.identity, none)).as("less").isFalse();
    assertThat(peers.isEntitled(fra.identity, SHOP)).isFalse();
    assertThat(peers.isEntitled(nyc.identity, SHOP)).isTrue();
  }
}
