package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.overlay.ServicePath;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceSpec;
import io.landfall.trust.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another config is in force at a node of three whose sessions are up, in virtual time. */
class ConfigureControlTest {
  private static final HostAddress ELSEWHERE = TestPeers.host("10.32.1.11");
  private static final List<Endpoint> ALL = List.of(World.at(1), World.at(2), World.at(3));

  private final World world = World.ofThree(5);
  private final WorldNode fra = world.node(1);
  private final WorldNode nyc = world.node(2);
  private final WorldNode sin = world.node(3);

  @BeforeEach
  void threeNodesMesh() {
    world.nodes.forEach(WorldNode::start);
    nyc.backendIs(true);
    world.run(10_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
  }

  private static ControlEvent.Configure nothing(List<Endpoint> candidates) {
    return new ControlEvent.Configure(new TreeMap<>(), List.of(), Map.of(), candidates);
  }

  /** Shop with this identity and tier, and with a backend or without. */
  private static ControlEvent.Configure shop(HostAddress identity, long tier, boolean here) {
    TreeMap<ServiceName, ControlConfig.Service> services = new TreeMap<>();
    services.put(
        World.SHOP,
        new ControlConfig.Service(
            identity, List.of("shop.example"), List.of(), tier, here ? 1 : 0));
    return new ControlEvent.Configure(
        services,
        List.of(
            new ServiceSpec(
                World.SHOP,
                here ? List.of(new BackendAddress("127.0.0.1", 1)) : List.of(),
                new ProbeSpec(new ProbeSpec.Check.Tcp(), 2_000, 500, 2, 2))),
        Map.of(),
        ALL);
  }

  private static List<Candidate> candidates(WorldNode node) {
    return node.plane().published().getFirst().view().candidates();
  }

  @Test
  void aServiceThatIsNotKnownAnyMoreHasNoRouteAndComesBackWithItsConfig() {
    List<WorldStream> streams = streams();
    fra.step(nothing(ALL));
    world.run(1_000);
    assertThat(fra.shopAt()).isEmpty();
    assertThat(fra.plane().published()).isEmpty();
    assertThat(sin.shopAt()).containsExactly(nyc.identity());

    fra.step(shop(World.SHOP_AT, 0, false));
    world.run(1_000);
    assertThat(fra.shopAt()).as("asked for again").containsExactly(nyc.identity());
    assertThat(candidates(fra)).singleElement().satisfies(c -> assertThat(c.usable()).isTrue());
    assertThat(streams()).as("no session has noticed").isEqualTo(streams);
  }

  private List<WorldStream> streams() {
    return List.copyOf(world.streamsOf(fra));
  }

  @Test
  void aServiceThatLeavesTheConfigOfItsSiteIsWithdrawnAtOnce() {
    nyc.step(nothing(ALL));
    assertThat(nyc.shopAt()).isEmpty();
    world.run(100);
    assertThat(fra.shopAt()).isEmpty();
    nyc.step(shop(World.SHOP_AT, 0, true));
    assertThat(nyc.shopAt()).as("not before its probe").isEmpty();
    world.run(20_000);
    assertThat(fra.shopAt()).containsExactly(nyc.identity());
  }

  @Test
  void aServiceThatMovesIsWithdrawnAtTheOldSiteAndAdvertisedAtTheNewOne() {
    sin.step(shop(World.SHOP_AT, 0, false));
    nyc.step(shop(World.SHOP_AT, 0, false));
    assertThat(nyc.shopAt()).isEmpty();
    sin.backendIs(true);
    sin.step(shop(World.SHOP_AT, 0, true));
    world.run(20_000);
    assertThat(fra.shopAt()).containsExactly(sin.identity());
    assertThat(candidates(nyc)).singleElement().satisfies(c -> assertThat(c.usable()).isTrue());
  }

  @Test
  void anotherTierIsAdvertisedWithoutAChangeOfTheSignal() {
    nyc.step(shop(World.SHOP_AT, 7, true));
    world.run(1_000);
    assertThat(fra.plane().overlay().offers(World.SHOP_AT))
        .extracting(ServicePath::tier)
        .containsExactly(7L);
    assertThat(nyc.plane().signals().signal(World.SHOP)).isEqualTo(Signal.UP);
  }

  @Test
  void anotherIdentityIsAdvertisedAndTheOldOneWithdrawn() {
    world.nodes.forEach(node -> node.step(shop(ELSEWHERE, 0, node == nyc)));
    world.run(1_000);
    assertThat(nyc.shopAt()).isEmpty();
    assertThat(fra.plane().overlay().offers(ELSEWHERE))
        .extracting(ServicePath::nextHop)
        .containsExactly(nyc.identity());
    assertThat(candidates(fra)).singleElement().satisfies(c -> assertThat(c.usable()).isTrue());
  }

  @Test
  void aCandidateThatLeftIsDialledNoMoreAndItsSessionStays() {
    fra.step(nothing(List.of(World.at(1), World.at(2))));
    world.run(1_000);
    assertThat(fra.plane().isEstablished(sin.identity())).isTrue();
    fra.step(nothing(List.of(World.at(77))));
    // Whatever was being dialled has failed, or is connected and rests.
    world.run(30_000);
    assertThat(fra.plane().candidates(fra.now().monotonicNanos()))
        .as("not tried again: only connected ones are left beside the new one")
        .allMatch(each -> each.endpoint().equals(World.at(77)) || each.state().equals("connected"));
    assertThat(fra.plane().isEstablished(sin.identity())).isTrue();
    world.resetStreams(1, 3);
    world.run(30_000);
    assertThat(fra.plane().candidates(fra.now().monotonicNanos()))
        .noneMatch(
            each -> each.peer().filter(p -> p.identity().equals(sin.identity())).isPresent());
  }
}
