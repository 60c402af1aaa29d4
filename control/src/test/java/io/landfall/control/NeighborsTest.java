package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NeighborsTest {
  private final Neighbors peers = new Neighbors(new NodeName("fra"), TestPeers.host(1));
  private final PeerIdentity nyc = TestPeers.peer("nyc", "10.32.0.2", TestPeers.NOW);

  @Test
  void theNewcomerWithALiveIdentityIsRefusedAndBothAreNamed() {
    peers.join(nyc);
    Neighbors.Joining joining = peers.join(TestPeers.peer("sin", "10.32.0.2", TestPeers.NOW));
    assertThat(joining)
        .isInstanceOfSatisfying(
            Neighbors.Joining.Duplicate.class,
            duplicate -> {
              assertThat(duplicate.live()).isEqualTo(nyc);
              assertThat(duplicate.sentence()).contains("nyc").contains("sin");
            });
    assertThat(peers.peers()).containsExactly(nyc);
  }

  @Test
  void theNewcomerWithALiveNameIsRefused() {
    peers.join(nyc);
    assertThat(peers.join(TestPeers.peer("nyc", "10.32.0.9", TestPeers.NOW)))
        .isInstanceOf(Neighbors.Joining.Duplicate.class);
  }

  @Test
  void theSameNodeMayComeTwiceAndWithARenewedCertificate() {
    peers.join(nyc);
    assertThat(peers.join(nyc)).isEqualTo(new Neighbors.Joining.Joined());
    PeerIdentity renewed = TestPeers.peer("nyc", "10.32.0.2", TestPeers.NOW + TestPeers.DAY);
    assertThat(peers.join(renewed)).isEqualTo(new Neighbors.Joining.Joined());
    assertThat(peers.toCut(Revocations.NONE, TestPeers.NOW + 1)).isEmpty();
  }

  @Test
  void whoHasLeftBlocksNobody() {
    peers.join(nyc);
    peers.leave(nyc.identity());
    assertThat(peers.join(TestPeers.peer("sin", "10.32.0.2", TestPeers.NOW)))
        .isEqualTo(new Neighbors.Joining.Joined());
  }

  @Test
  void aLivePeerIsCutWhenItsCertificateEnds() {
    peers.join(nyc);
    assertThat(peers.toCut(Revocations.NONE, TestPeers.NOW)).isEmpty();
    assertThat(peers.toCut(Revocations.NONE, TestPeers.NOW + 1))
        .singleElement()
        .satisfies(cut -> assertThat(cut.rule()).isEqualTo(AdmissionRule.EXPIRED));
  }

  @Test
  void aLivePeerIsCutWhenItIsRevoked() {
    peers.join(nyc);
    peers.join(TestPeers.peer("sin", "10.32.0.3", TestPeers.NOW));
    TreeSet<NodeName> nodes = new TreeSet<>();
    nodes.add(TestPeers.NYC);
    Revocations revoked = new Revocations(new TreeSet<>(), new TreeSet<>(), nodes);
    assertThat(peers.toCut(revoked, TestPeers.NOW))
        .singleElement()
        .satisfies(
            cut -> {
              assertThat(cut.peer()).isEqualTo(nyc);
              assertThat(cut.rule()).isEqualTo(AdmissionRule.REVOKED);
            });
  }
}
