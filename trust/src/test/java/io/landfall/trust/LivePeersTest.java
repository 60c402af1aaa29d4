package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LivePeersTest {
  private final LivePeers peers = new LivePeers();
  private final PeerIdentity nyc = Pki.peer("nyc", "10.32.0.2", Pki.NOW);

  @Test
  void theNewcomerWithALiveIdentityIsRefusedAndBothAreNamed() {
    peers.join(nyc);
    LivePeers.Joining joining = peers.join(Pki.peer("sin", "10.32.0.2", Pki.NOW));
    assertThat(joining)
        .isInstanceOfSatisfying(
            LivePeers.Joining.Duplicate.class,
            duplicate -> {
              assertThat(duplicate.live()).isEqualTo(nyc);
              assertThat(duplicate.sentence()).contains("nyc").contains("sin");
            });
    assertThat(peers.peers()).containsExactly(nyc);
  }

  @Test
  void theNewcomerWithALiveNameIsRefused() {
    peers.join(nyc);
    assertThat(peers.join(Pki.peer("nyc", "10.32.0.9", Pki.NOW)))
        .isInstanceOf(LivePeers.Joining.Duplicate.class);
  }

  @Test
  void theSameNodeMayComeTwiceAndWithARenewedCertificate() {
    peers.join(nyc);
    assertThat(peers.join(nyc)).isEqualTo(new LivePeers.Joining.Joined());
    PeerIdentity renewed = Pki.peer("nyc", "10.32.0.2", Pki.NOW + Pki.DAY);
    assertThat(peers.join(renewed)).isEqualTo(new LivePeers.Joining.Joined());
    assertThat(peers.toCut(Revocations.NONE, Pki.NOW + 1)).isEmpty();
  }

  @Test
  void whoHasLeftBlocksNobody() {
    peers.join(nyc);
    peers.leave(nyc.identity());
    assertThat(peers.join(Pki.peer("sin", "10.32.0.2", Pki.NOW)))
        .isEqualTo(new LivePeers.Joining.Joined());
  }

  @Test
  void aLivePeerIsCutWhenItsCertificateEnds() {
    peers.join(nyc);
    assertThat(peers.toCut(Revocations.NONE, Pki.NOW)).isEmpty();
    assertThat(peers.toCut(Revocations.NONE, Pki.NOW + 1))
        .singleElement()
        .satisfies(cut -> assertThat(cut.rule()).isEqualTo(AdmissionRule.EXPIRED));
  }

  @Test
  void aLivePeerIsCutWhenItIsRevoked() {
    peers.join(nyc);
    peers.join(Pki.peer("sin", "10.32.0.3", Pki.NOW));
    TreeSet<io.landfall.core.NodeName> nodes = new TreeSet<>();
    nodes.add(Pki.NYC);
    Revocations revoked = new Revocations(new TreeSet<>(), new TreeSet<>(), nodes);
    assertThat(peers.toCut(revoked, Pki.NOW))
        .singleElement()
        .satisfies(
            cut -> {
              assertThat(cut.peer()).isEqualTo(nyc);
              assertThat(cut.rule()).isEqualTo(AdmissionRule.REVOKED);
            });
  }
}
