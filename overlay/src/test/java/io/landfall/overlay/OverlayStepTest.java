package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayEffect.Cause;
import io.landfall.overlay.OverlayEffect.RoutesChanged;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What single events lead to that no route needs. */
class OverlayStepTest {
  private static final int ROUTE_REFRESH = 5;
  private static final int TYPE_AT = 18;

  @Test
  void theIdentityOfTheNodeIsReportedAsItsOwnByTheFirstStepWhateverThatIs() {
    Overlay overlay =
        new Overlay(
            OverlayNet.meshMember(new NodeName("fra"), FedOverlay.OWN, new Asn(OverlayNet.ASN)),
            bound -> 0);
    List<OverlayEffect> effects = overlay.step(new OverlayEvent.Tick(), 1);
    assertThat(effects)
        .filteredOn(RoutesChanged.class::isInstance)
        .singleElement()
        .satisfies(
            effect -> {
              RoutesChanged change = (RoutesChanged) effect;
              assertThat(change.cause()).isEqualTo(Cause.LOCAL);
              assertThat(change.offsets()).containsExactly(FedOverlay.OWN.offset());
            });
  }

  @Test
  void aStreamThatCanBeWrittenAgainIsNotCutByTheSendHoldTime() {
    FedOverlay one = new FedOverlay(Relation.MESH).connect();
    long second = TimeUnit.SECONDS.toNanos(1);
    byte[] keepalive = new byte[19];
    Arrays.fill(keepalive, 0, 16, (byte) 0xff);
    keepalive[17] = 19;
    keepalive[TYPE_AT] = 4;
    one.overlay.step(new OverlayEvent.LinkFull(FedOverlay.PEER, 1), second);
    one.overlay.step(new OverlayEvent.LinkWritable(FedOverlay.PEER, 1), 2 * second);
    int sendHold = OverlayLimits.usual().sendHoldTimeSeconds();
    for (int i = 3; i <= 2 * sendHold; i++) {
      one.overlay.step(new OverlayEvent.Bytes(FedOverlay.PEER, 1, keepalive), i * second);
      one.overlay.step(new OverlayEvent.Tick(), i * second);
    }
    assertThat(one.view().state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void reflectorsAreAskedForTheirRoutesAgainAndNobodyElse() {
    FedWorld world = new FedWorld(Backlog.SLICE_PATHS);
    FedPeer reflector = world.connect(world.add(1, Relation.REFLECTOR, true));
    FedPeer client = world.connect(world.add(2, Relation.CLIENT, true));
    world.settle();
    world.effects.clear();
    world.step(new OverlayEvent.AskReflectorsAgain());
    assertThat(refreshesTo(world, reflector)).isEqualTo(1);
    assertThat(refreshesTo(world, client)).isZero();
  }

  private static List<OverlayEffect> rejectedBy(int ceaseSubcode) {
    FedWorld world = new FedWorld(Backlog.SLICE_PATHS);
    FedPeer peer = world.add(1, Relation.MESH, true);
    byte[] cease = new byte[21];
    Arrays.fill(cease, 0, 16, (byte) 0xff);
    cease[17] = 21;
    cease[TYPE_AT] = 3;
    cease[19] = 6;
    cease[20] = (byte) ceaseSubcode;
    world.step(new OverlayEvent.LinkUp(peer.info, "fp", 7, Direction.OUTGOING));
    world.step(new OverlayEvent.Bytes(peer.info.identity(), 7, cease));
    return world.effects;
  }

  @Test
  void onlyACeaseThatRejectsTheConnectionIsARejection() {
    int shutdown = 2;
    int rejected = 5;
    assertThat(rejectedBy(rejected)).hasAtLeastOneElementOfType(OverlayEffect.Rejected.class);
    assertThat(rejectedBy(shutdown)).doesNotHaveAnyElementsOfTypes(OverlayEffect.Rejected.class);
  }

  private static long refreshesTo(FedWorld world, FedPeer peer) {
    return world.effects.stream()
        .filter(
            effect ->
                effect instanceof OverlayEffect.Write write
                    && write.peer().equals(peer.info.identity())
                    && write.bytes()[TYPE_AT] == ROUTE_REFRESH)
        .count();
  }
}
