package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.Revocations;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node whose overlay another process is to have, and that may have it again. */
class YieldTest {
  private final World world = World.ofThree(1);
  private final WorldNode fra = world.node(1);
  private final WorldNode nyc = world.node(2);

  @BeforeEach
  void threeNodesMesh() {
    world.nodes.forEach(WorldNode::start);
    nyc.backendIs(true);
    world.run(10_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
  }

  @Test
  void itsSessionsEndAndNoneBeginsUntilItResumes() {
    assertThat(nyc.plane().completePeers()).isEqualTo(2);
    nyc.step(new ControlEvent.Yield("another process"));
    world.run(1_000);
    assertThat(nyc.told).filteredOn(ControlEffect.Yielded.class::isInstance).hasSize(1);
    assertThat(fra.shopAt()).as("its routes went with its session").isEmpty();
    world.run(60_000);
    assertThat(nyc.plane().isEstablished(fra.identity())).isFalse();
    assertThat(nyc.plane().completePeers()).isZero();
    assertThat(nyc.stopped).isFalse();

    nyc.step(new ControlEvent.Resume());
    world.run(60_000);
    assertThat(nyc.plane().isEstablished(fra.identity())).isTrue();
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
    assertThat(nyc.told).filteredOn(ControlEffect.Yielded.class::isInstance).hasSize(1);
  }

  /** It was told to stop while the other process took over, which then did not. */
  @Test
  void oneThatHasStoppedDoesNotResume() {
    nyc.step(new ControlEvent.Yield("another process"));
    nyc.step(new ControlEvent.Stop("it ends"));
    nyc.step(new ControlEvent.Resume());
    world.run(60_000);
    assertThat(nyc.plane().isEstablished(fra.identity())).isFalse();
  }

  @Test
  void requestsForWhatOnlyItHasWaitAtOthersUntilItIsBack() {
    assertThat(fra.awaitsShop()).isFalse();
    nyc.step(new ControlEvent.Yield("another process"));
    world.run(1_000);
    assertThat(fra.publishedShopAt()).as("no request goes there").isEmpty();
    assertThat(fra.awaitsShop()).isTrue();
    assertThat(fra.awaitedShopWhenRequestsLeft)
        .as("requests that find no way there any more find that they have to wait")
        .isTrue();
    nyc.step(new ControlEvent.Resume());
    world.run(8_000);
    assertThat(fra.publishedShopAt()).containsExactly(nyc.identity());
    assertThat(fra.awaitsShop()).as("from now on a loss is one").isFalse();
  }

  @Test
  void theyWaitForALimitedTimeAtMost() {
    nyc.step(new ControlEvent.Yield("another process"));
    world.run(19_500);
    assertThat(fra.awaitsShop()).isTrue();
    world.run(1_000);
    assertThat(fra.awaitsShop()).isFalse();
  }

  @Test
  void aNodeThatStopsIsNotWaitedFor() {
    nyc.step(new ControlEvent.Stop("it ends"));
    world.run(1_000);
    assertThat(fra.publishedShopAt()).isEmpty();
    assertThat(fra.awaitsShop()).isFalse();
    assertThat(fra.awaitedShopWhenRequestsLeft).isFalse();
  }

  @Test
  void oneThatYieldedStopsLikeAnyOther() {
    nyc.step(new ControlEvent.Yield("another process"));
    world.run(1_000);
    nyc.step(new ControlEvent.Stop("it ends"));
    world.run(1_000);
    assertThat(nyc.stopped).isTrue();
  }

  @Test
  void aStartWaitsForAsManyPeersAsItIsToldOf() {
    World alone = World.ofThree(7, List.of());
    WorldNode one = alone.node(1);
    one.awaited = OptionalInt.of(0);
    one.start();
    alone.run(1_000);
    assertThat(one.started).as("it waits for nobody").isOne();

    WorldNode two = alone.node(2);
    two.awaited = OptionalInt.of(1);
    two.start();
    alone.run(4_900);
    assertThat(two.started).as("nobody has come").isZero();
    alone.run(200);
    assertThat(two.started).as("its time is over").isOne();
    assertThat(two.plane().completePeers()).isZero();
    assertThat(new ControlEvent.Start(List.of(), Revocations.NONE, 1).awaited()).isEmpty();
  }
}
