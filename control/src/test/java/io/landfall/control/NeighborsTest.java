package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.core.NodeName;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.util.List;
import java.util.Optional;
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

  private static PeerIdentity nyc(String serial, long notAfterMillis) {
    return new PeerIdentity(
        TestPeers.NYC,
        TestPeers.host("10.32.0.2"),
        new TreeSet<>(),
        serial.repeat(16),
        List.of(),
        notAfterMillis,
        serial);
  }

  private void opened(long stream, PeerIdentity certificate) {
    assertThat(peers.join(certificate)).isEqualTo(new Neighbors.Joining.Joined());
    Stream.Proof proof = new Stream.Proof(certificate, World.socket(2, 40_000), Direction.INCOMING);
    peers
        .obtain(certificate.identity())
        .opened(new Stream(stream, certificate.identity(), Optional.of(proof)));
  }

  @Test
  void aSessionIsCutWithItsOwnCertificateThoughAnotherOfItsNodeIsGood() {
    opened(1, nyc("aaaa", TestPeers.NOW + 2 * TestPeers.DAY));
    opened(2, nyc("bbbb", TestPeers.NOW + TestPeers.DAY));
    Neighbor neighbor = peers.obtain(nyc.identity());
    neighbor.established(2);
    neighbor.closed(1);
    Revocations revoked =
        new Revocations(new TreeSet<>(List.of("bbbb")), new TreeSet<>(), new TreeSet<>());
    assertThat(peers.toCut(revoked, TestPeers.NOW))
        .singleElement()
        .satisfies(cut -> assertThat(cut.peer().serial()).isEqualTo("bbbb"));
    assertThat(peers.toCut(Revocations.NONE, TestPeers.NOW + TestPeers.DAY)).isEmpty();
    assertThat(peers.toCut(Revocations.NONE, TestPeers.NOW + TestPeers.DAY + 1))
        .singleElement()
        .satisfies(cut -> assertThat(cut.rule()).isEqualTo(AdmissionRule.EXPIRED));
  }

  @Test
  void aGoodSessionIsNotCutForAnotherCertificateOfItsNode() {
    opened(1, nyc("aaaa", TestPeers.NOW + 2 * TestPeers.DAY));
    opened(2, nyc("bbbb", TestPeers.NOW + TestPeers.DAY));
    peers.obtain(nyc.identity()).established(2);
    Revocations revoked =
        new Revocations(new TreeSet<>(List.of("aaaa")), new TreeSet<>(), new TreeSet<>());
    assertThat(peers.toCut(revoked, TestPeers.NOW)).isEmpty();
  }
}
