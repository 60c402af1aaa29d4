package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bfd.PathLiveness;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.control.ControlEffect;
import io.landfall.control.ControlEvent;
import io.landfall.control.ControlPlane;
import io.landfall.control.Neighbors;
import io.landfall.control.ServiceState;
import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Route;
import io.landfall.edge.BackendRules;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.overlay.Overlay;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotPublicationTest {
  private static final int SERVICES = 200;

  /** First probes are spread: this long at the most for so many services. */
  private static final int TICKS = 100;

  private static final long TICK_NANOS = 1_000_000;

  private static final ServiceName NAMED = new ServiceName("named");
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");

  @TempDir Path folder;
  private final ArrayDeque<Runnable> control = new ArrayDeque<>();
  private final List<Set<ServiceName>> published = new ArrayList<>();
  private long nowNanos = 1;
  private ControlPlane plane;
  private Backends backends;
  private Snapshots snapshots;

  @BeforeEach
  void makeANodeWithManyServices() throws IOException {
    for (String file : List.of("ca.pem", "fra.pem", "fra.key")) {
      Files.writeString(folder.resolve(file), "content\n");
    }
    NodeConfig config = config("backends: [\"http://app.test:80\"]");
    Neighbors names = new Neighbors(config.name(), config.identity());
    plane =
        new ControlPlane(
            Translate.control(config),
            new Overlay(Translate.overlay(new ConfigInForce(config), names), bound -> 0),
            new LocalSignals(Translate.signalSpecs(config), 0),
            names,
            bound -> 0);
    Map<String, List<InetAddress>> addresses = Map.of("app.test", List.of(FIRST, SECOND));
    backends = new Backends(config.services(), Map.of(), addresses, 0);
    snapshots = new Snapshots(config, plane.published(), backends, () -> nowNanos);
    tick();
    published.clear();
  }

  /** Many services, and one that has these keys too. */
  private NodeConfig config(String named) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/16, listen: "127.0.0.1:8443"}
            trust: {domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}
            edge: {listen: [{address: "127.0.0.1:8080"}]}
            services:
            """);
    for (int s = 0; s < SERVICES; s++) {
      text.append(
          "  s%d: {identity: 10.32.1.%d, hosts: [s%d.example], backends: [\"http://127.0.0.1:1\"]}\n"
              .formatted(s, s + 1, s));
    }
    text.append(
        "  named: {identity: 10.32.2.1, hosts: [named.example], "
            + named
            + ", sticky: {cookie: b}, slow-start: 1s, circuit: {}}\n");
    Path file = Files.writeString(folder.resolve("node.yaml"), text);
    return switch (ConfigLoader.load(file)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  /** As a change of the config does it. */
  private void change(NodeConfig config) {
    backends.configure(config.services(), Map.of(), Map.of(), nowNanos);
    step(
        new ControlEvent.Configure(
            Translate.services(config),
            Translate.signalSpecs(config),
            Translate.entitlements(config),
            Translate.candidates(config)));
    snapshots.configure(config.services(), plane.published(), 1);
    tick();
  }

  private void tick() {
    for (int tick = 0; tick < TICKS; tick++) {
      step(new ControlEvent.OfSignals(new SignalEvent.Tick()));
      nowNanos += TICK_NANOS;
    }
    runControl();
  }

  private static ServiceName name(int service) {
    return new ServiceName("s" + service);
  }

  private Route route(int service) {
    return snapshots.current().view().route("s" + service + ".example", "/").orElseThrow();
  }

  /** Steps the plane as the node does; each probe that it asks for finds its backend well. */
  private void step(ControlEvent event) {
    for (ControlEffect effect : plane.step(event, new Now(nowNanos, 0))) {
      switch (effect) {
        case ControlEffect.RunProbe(SignalEffect.RunProbe run) ->
            step(
                new ControlEvent.OfSignals(
                    new SignalEvent.ProbeDone(
                        run.service(), run.ticket(), true, "accepted", nowNanos)));
        case ControlEffect.PublishSoon _ -> control.add(() -> step(new ControlEvent.Publish()));
        case ControlEffect.Published(List<ServiceState> changed) ->
            published.add(snapshots.update(changed));
        default -> {}
      }
    }
  }

  private void withdraw(int service) {
    step(new ControlEvent.OfSignals(new SignalEvent.Withdraw(name(service))));
  }

  private void runControl() {
    for (Runnable task = control.poll(); task != null; task = control.poll()) {
      task.run();
    }
  }

  @Test
  void anAddressOfABackendThatDoesNotAnswerGetsNothingWhileAnotherDoes() {
    List<ServiceState> named =
        plane.published().stream().filter(state -> state.view().name().equals(NAMED)).toList();
    snapshots.update(named);
    assertThat(healthyAddresses()).containsExactly(FIRST, SECOND);

    backends.health(NAMED, 0, new InetSocketAddress(SECOND, 80)).orElseThrow().probed(true, 2, 3);
    snapshots.update(named);
    assertThat(healthyAddresses()).containsExactly(SECOND);
  }

  private List<InetAddress> healthyAddresses() {
    HostedService here = Objects.requireNonNull(snapshots.current().local(NAMED));
    return here.backends().stream()
        .filter(OriginServer::healthy)
        .map(backend -> backend.place().address().getAddress())
        .toList();
  }

  @Test
  void aHundredServicesThatFailTogetherAreOneSnapshot() {
    Set<ServiceName> failed = new TreeSet<>();
    for (int s = 0; s < 100; s++) {
      withdraw(s);
      failed.add(name(s));
    }
    assertThat(route(0).service().local())
        .as("nothing is published on the way")
        .isEqualTo(Signal.UP);

    runControl();

    assertThat(published).singleElement().isEqualTo(failed);
    assertThat(route(99).service().local()).isEqualTo(Signal.DOWN);
    assertThat(route(100).service().local()).isEqualTo(Signal.UP);
  }

  @Test
  void onlyTheServiceThatChangedIsMadeAnew() {
    List<Route> before = List.copyOf(snapshots.current().view().routes());

    withdraw(7);
    runControl();

    List<Route> after = snapshots.current().view().routes();
    for (int i = 0; i < SERVICES; i++) {
      if (before.get(i).service().name().equals(name(7))) {
        assertThat(after.get(i)).isNotSameAs(before.get(i));
      } else {
        assertThat(after.get(i)).isSameAs(before.get(i));
      }
    }
  }

  @Test
  void whatIsQueuedAlreadyIsWorkedOffBeforeTheSnapshotIsMade() {
    List<String> order = new ArrayList<>();
    control.add(() -> order.add("a write, snapshots made: " + published.size()));
    withdraw(1);
    control.add(() -> order.add("the next task, snapshots made: " + published.size()));

    runControl();

    assertThat(order)
        .containsExactly("a write, snapshots made: 0", "the next task, snapshots made: 1");
  }

  @Test
  void aProbeThatFoundNothingNewPublishesNothing() {
    step(new ControlEvent.OfSignals(new SignalEvent.BackendRefused(name(3), 0, "refused")));
    step(new ControlEvent.OfSignals(new SignalEvent.Tick()));
    step(
        new ControlEvent.PathProved(
            snapshots.current().view().ownIdentity(), PathLiveness.UNPROVED));

    assertThat(control).isEmpty();
  }

  private long upSince(InetAddress address) {
    HostedService here = Objects.requireNonNull(snapshots.current().local(NAMED));
    return here.backends().stream()
        .filter(each -> each.healthy() && each.address().getAddress().equals(address))
        .findFirst()
        .orElseThrow()
        .traits()
        .upSinceNanos();
  }

  @Test
  void aBackendThatAChangeOfTheConfigAddsStartsSlowlyAndTheNextChangeDoesNotEndThat()
      throws IOException {
    String both = "backends: [\"http://192.0.2.9:80\", \"http://app.test:80\"]";
    InetAddress added = InetAddress.ofLiteral("192.0.2.9");
    change(config(both));
    long since = upSince(added);
    assertThat(since).isPositive();
    assertThat(upSince(FIRST)).isEqualTo(OriginServer.Traits.ALWAYS);
    change(config(both + ", max-requests: 7"));
    assertThat(upSince(added)).isEqualTo(since);
    assertThat(upSince(FIRST)).isEqualTo(OriginServer.Traits.ALWAYS);
  }

  @Test
  void requestsHaveTheRulesOfChoiceAndACookieForEachAddress() {
    ServiceName named = new ServiceName("named");
    HostedService hosted = Objects.requireNonNull(snapshots.current().local(named));
    assertThat(hosted.rules().sticky()).isPresent();
    assertThat(hosted.rules().circuit()).isPresent();
    assertThat(hosted.rules().slowStartNanos()).isEqualTo(1_000_000_000L);
    assertThat(hosted.backends())
        .extracting(each -> each.traits().cookie().toString())
        .doesNotContain("")
        .doesNotHaveDuplicates();
    HostedService other = Objects.requireNonNull(snapshots.current().local(name(0)));
    assertThat(other.rules()).isEqualTo(BackendRules.NONE);
  }
}
