package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.PeerView;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PeerChoiceTest {
  private static final PeerView.Volume NOTHING = new PeerView.Volume(0, 0, 0);

  private static PeerView peer(int number, SessionState state, boolean live, long sinceNanos) {
    return new PeerView(
        new PeerInfo(
            new NodeName("nyc"),
            TestWorld.identity(number),
            new TreeSet<>(),
            PeerInfo.Relation.MESH),
        state,
        live,
        sinceNanos,
        0,
        new PeerView.Counters(0, 0, 0, NOTHING, NOTHING),
        Set.of(),
        PeerView.Failures.NONE);
  }

  private static String chosen(PeerView... peers) {
    return PeerChoice.of("nyc", List.of(peers)).orElseThrow().info().identity().toString();
  }

  @Test
  void ofSeveralPeersOfOneNameTheOneWithASessionIsMeant() {
    assertThat(
            chosen(
                peer(2, SessionState.ACTIVE, false, 50),
                peer(3, SessionState.ESTABLISHED, true, 10),
                peer(4, SessionState.OPEN_SENT, true, 60)))
        .isEqualTo("10.32.0.3");
  }

  @Test
  void withoutASessionTheOneWithAStreamAndThenTheLastIsMeant() {
    assertThat(
            chosen(
                peer(2, SessionState.ACTIVE, false, 50), peer(3, SessionState.OPEN_SENT, true, 5)))
        .isEqualTo("10.32.0.3");
    assertThat(
            chosen(peer(2, SessionState.ACTIVE, false, 5), peer(3, SessionState.ACTIVE, false, 50)))
        .isEqualTo("10.32.0.3");
  }

  @Test
  void anIdentityMeansThatPeerWhateverItsState() {
    List<PeerView> peers =
        List.of(
            peer(2, SessionState.ACTIVE, false, 5), peer(3, SessionState.ESTABLISHED, true, 50));
    assertThat(PeerChoice.of("10.32.0.2", peers)).contains(peers.getFirst());
    assertThat(PeerChoice.of("lon", peers)).isEmpty();
  }
}
