package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.decision.Candidate;
import io.landfall.signal.SignalEvent;
import io.landfall.trust.Holder;
import io.landfall.trust.Revocations;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What plane two of a node does, by example; three whole machines in virtual time. */
class ControlPlaneTest {
  private final World world = World.ofThree(1);
  private final WorldNode fra = world.node(1);
  private final WorldNode nyc = world.node(2);
  private final WorldNode sin = world.node(3);

  @BeforeEach
  void threeNodesMesh() {
    world.nodes.forEach(WorldNode::start);
    nyc.backendIs(true);
    world.run(10_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
    assertThat(fra.forwards).containsOnlyKeys(nyc.identity(), sin.identity());
  }

  @Test
  void aLostStreamTakesItsRoutesAndItsForwardsAndComesBack() {
    world.resetStreams(1, 2);
    world.run(25);
    assertThat(fra.shopAt()).isEmpty();
    assertThat(fra.forwards).containsOnlyKeys(sin.identity());
    assertThat(fra.plane().whyNoRequest(nyc.identity())).isPresent();

    world.run(30_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
    assertThat(fra.forwards).containsOnlyKeys(nyc.identity(), sin.identity());
  }

  @Test
  void aDeadPathIsNotUsedWhileTheSessionIsStillUp() {
    world.breakPath(1, 2);
    world.run(5_000);
    assertThat(fra.plane().isEstablished(nyc.identity())).isTrue();
    assertThat(fra.shopAt()).isEmpty();
  }

  @Test
  void aSiteToWhichOnlyThePathIsDeadIsTheLastResortAndNothingAfterItsSession() {
    world.breakPath(1, 2);
    world.run(5_000);
    assertThat(fra.plane().isEstablished(nyc.identity())).isTrue();
    assertThat(shopCandidate())
        .satisfies(
            nycThere -> {
              assertThat(nycThere.usable()).isFalse();
              assertThat(nycThere.lastResort()).isTrue();
              assertThat(nycThere.why()).contains("BFD").contains("nothing else is left");
            });
    world.mendPath(1, 2);
    world.run(5_000);
    assertThat(shopCandidate().usable()).isTrue();
    assertThat(shopCandidate().lastResort()).isFalse();
  }

  private Candidate shopCandidate() {
    return fra.plane().published().getFirst().view().candidates().getFirst();
  }

  @Test
  void everyAddressOfANameIsDialled() {
    World one = World.ofThree(2, List.of(World.at(2)));
    one.nodes.forEach(WorldNode::start);
    one.run(10_000);
    WorldNode first = one.node(1);
    assertThat(first.plane().isEstablished(one.node(3).identity())).isFalse();

    first.step(new ControlEvent.CandidateHasMore(World.at(2), List.of(World.at(3), World.at(1))));
    one.run(10_000);
    assertThat(first.plane().isEstablished(one.node(2).identity())).isTrue();
    assertThat(first.plane().isEstablished(one.node(3).identity())).isTrue();
  }

  @Test
  void aSilentPeerIsLostWhenItsHoldTimeIsOver() {
    world.breakPath(1, 2);
    world.run(13_000);
    assertThat(fra.plane().isEstablished(nyc.identity())).isFalse();
    assertThat(world.streamsOf(fra)).hasSize(1);
  }

  @Test
  void aBackendThatFailsIsWithdrawnAtTheOthersAndComesBack() {
    nyc.backendIs(false);
    world.run(5_000);
    assertThat(fra.shopAt()).isEmpty();
    nyc.backendIs(true);
    world.run(20_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
  }

  @Test
  void aLeaseThatIsNotRenewedIsWithdrawnAtTheOthers() {
    SignalEvent.LeaseRequest lease = new SignalEvent.LeaseRequest(5_000_000_000L, Optional.empty());
    nyc.command(new SignalEvent.Announce(World.SHOP, Optional.of(lease)));
    world.run(1_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
    world.run(5_000);
    assertThat(fra.shopAt()).isEmpty();
  }

  @Test
  void aDrainIsOverOnceTheOthersHaveNoRouteLeft() {
    nyc.step(new ControlEvent.Drain());
    assertThat(nyc.drained()).isEmpty();
    world.run(1_000);
    assertThat(nyc.drained()).hasValueSatisfying(done -> assertThat(done.answered()).isEqualTo(2));
    assertThat(fra.shopAt()).isEmpty();
    assertThat(sin.shopAt()).isEmpty();
  }

  @Test
  void aNodeThatStopsEndsItsSessionsAndForwardsAndDialsNoMore() {
    nyc.step(new ControlEvent.Stop("maintenance"));
    assertThat(nyc.forwards).isEmpty();
    world.run(1_000);
    assertThat(nyc.stopped).isTrue();
    assertThat(world.streamsOf(nyc)).isEmpty();
    world.run(60_000);
    assertThat(world.streamsOf(nyc)).isEmpty();
    assertThat(fra.plane().isEstablished(nyc.identity())).isFalse();
  }

  @Test
  void whoIsRevokedIsCutAtOnceAndIsBackOnceItIsNotAnyMore() {
    TreeSet<io.landfall.core.NodeName> names = new TreeSet<>(List.of(nyc.certificate().name()));
    fra.step(new ControlEvent.Revoke(new Revocations(new TreeSet<>(), new TreeSet<>(), names)));
    assertThat(fra.forwards).containsOnlyKeys(sin.identity());
    assertThat(fra.plane().isEstablished(nyc.identity())).isFalse();
    world.run(10_000);
    assertThat(fra.plane().isEstablished(nyc.identity())).isFalse();

    fra.step(new ControlEvent.Revoke(Revocations.NONE));
    world.run(40_000);
    assertThat(fra.plane().isEstablished(nyc.identity())).isTrue();
  }

  @Test
  void requestsAreServedOfTheLiveNodeFromItsOwnAddressOnly() {
    InetSocketAddress home = World.socket(nyc.address(), 50_000);
    assertThat(fra.plane().judgeRequests(nyc.certificate(), home.getAddress()))
        .isEqualTo(new RequestAdmission.Verdict.Live());
    InetSocketAddress elsewhere = World.socket(99, 50_000);
    assertThat(fra.plane().judgeRequests(nyc.certificate(), elsewhere.getAddress()))
        .isInstanceOfSatisfying(
            RequestAdmission.Verdict.Refused.class,
            no -> assertThat(no.rule()).isEqualTo(RequestAdmission.OTHER_ADDRESS));
    world.resetStreams(1, 2);
    world.run(25);
    assertThat(fra.plane().judgeRequests(nyc.certificate(), home.getAddress()))
        .isInstanceOfSatisfying(
            RequestAdmission.Verdict.Refused.class,
            no -> assertThat(no.rule()).isEqualTo(RequestAdmission.NO_SESSION));
  }

  @Test
  void aSecondHolderOfALiveIdentityIsRefusedAndNamed() {
    fra.step(
        new ControlEvent.StreamOpened(
            1_000_000, nyc.otherCertificate(), World.socket(77, 40_000), Direction.INCOMING));
    assertThat(fra.plane().duplicates().rows())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.identity()).isEqualTo(nyc.identity());
              assertThat(row.live().map(Holder::certificate)).contains(nyc.certificate());
            });
    assertThat(fra.plane().isEstablished(nyc.identity())).isTrue();
    assertThat(fra.forwards).containsOnlyKeys(nyc.identity(), sin.identity());
  }

  @Test
  void whatConcernsAStreamThatHasEndedGoesNowhere() {
    List<WorldStream> before = world.streamsOf(fra);
    world.resetStreams(1, 2);
    world.run(25);
    long ended =
        before.stream().filter(stream -> !stream.isOpenAt(fra)).findFirst().orElseThrow().number();
    fra.step(new ControlEvent.StreamBytes(ended, new byte[] {1, 2, 3}));
    fra.step(new ControlEvent.StreamWritable(ended));
    fra.step(new ControlEvent.StreamFull(ended));
    fra.step(new ControlEvent.ChannelUp(1_000_000));
    fra.step(new ControlEvent.ChannelOver(1_000_000, "never was"));
    fra.step(new ControlEvent.ChannelFailed(1_000_000, "never was"));
    fra.step(new ControlEvent.StreamClosed(nyc.identity(), ended, "again"));
    world.run(30_000);
    assertThat(fra.forwards).containsOnlyKeys(nyc.identity(), sin.identity());
  }
}
