package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.overlay.PeerAdmission;
import io.landfall.signal.BackendUse;
import io.landfall.signal.SignalChange;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node's own requests and watchers learn of the services beside it. */
class OwnServicesTest {
  private final World world = World.ofThree(11);
  private final WorldNode fra = world.node(1);
  private final WorldNode nyc = world.node(2);

  @BeforeEach
  void threeNodesMesh() {
    world.nodes.forEach(WorldNode::start);
    nyc.backendIs(true);
    world.run(10_000);
  }

  private static ServiceState shopOf(WorldNode node) {
    return node.plane().published().getFirst();
  }

  @Test
  void ownRequestsLearnOfAServiceThatFailsAndComesBackBesideThem() {
    assertThat(shopOf(nyc).view().local()).isEqualTo(Signal.UP);
    assertThat(shopOf(nyc).backends()).containsExactly(BackendUse.TAKES);
    nyc.backendIs(false);
    world.run(5_000);
    assertThat(shopOf(nyc).view().local()).isEqualTo(Signal.DOWN);
    assertThat(shopOf(nyc).backends()).containsExactly(BackendUse.NONE);
    nyc.backendIs(true);
    world.run(20_000);
    assertThat(shopOf(nyc).view().local()).isEqualTo(Signal.UP);
    assertThat(shopOf(nyc).backends()).containsExactly(BackendUse.TAKES);
  }

  @Test
  void aWatcherSeesEachChangeBeforeAndAfterTheTableHasIt() {
    List<String> seen = new ArrayList<>();
    nyc.plane()
        .watchSignals(
            new SignalListener() {
              @Override
              public void changing(SignalChange change, HostAddress identity) {
                assertThat(identity).isEqualTo(World.SHOP_AT);
                seen.add("to " + change.to() + ", here " + !nyc.shopAt().isEmpty());
              }

              @Override
              public void changed() {
                seen.add("here " + !nyc.shopAt().isEmpty());
              }
            });
    nyc.backendIs(false);
    world.run(5_000);
    assertThat(seen).containsExactly("to DOWN, here true", "here false");
  }

  @Test
  void aNodeWhoseIdentityIsThatOfAServiceGetsNoSession() {
    PeerIdentity odd =
        TestPeers.peer("odd", World.SHOP_AT.toString(), TestPeers.NOW + TestPeers.DAY);
    List<ControlEffect> effects =
        fra.plane()
            .step(
                new ControlEvent.StreamOpened(
                    4_000_000, odd, World.socket(66, 40_000), Direction.INCOMING),
                fra.now());
    assertThat(effects)
        .filteredOn(ControlEffect.SessionRefused.class::isInstance)
        .singleElement()
        .satisfies(
            effect ->
                assertThat(((ControlEffect.SessionRefused) effect).rule())
                    .isEqualTo(PeerAdmission.IDENTITY_OF_A_SERVICE));
  }
}
