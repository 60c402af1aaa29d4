package io.landfall.control;

import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.decision.ServiceView;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.RouteView;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceSpec;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One machine of plane two in a {@link World}, with what its shell would have. */
final class WorldNode {
  private static final int ASN = (int) 4_200_000_000L;

  /** Of what the rest of the node is told so much is kept. */
  private static final int MAX_TOLD = 10_000;

  private static final ServiceSpec SHOP =
      new ServiceSpec(
          World.SHOP,
          List.of(new BackendAddress("127.0.0.1", 1)),
          new ProbeSpec(new ProbeSpec.Check.Tcp(), 2_000, 500, 2, 2));

  private final World world;
  private final int place;
  private PeerIdentity certificate;

  /** The last number of the address at which it runs. */
  private int address;

  private final List<Endpoint> candidates;

  /** Each node's clock has an origin of its own. */
  private final long clockOffsetNanos;

  private final ArrayDeque<ControlEvent> waiting = new ArrayDeque<>();

  /** Where requests may go, by node; as the edge would read it. */
  final TreeMap<HostAddress, ControlEffect.ForwardTo> forwards = new TreeMap<>();

  /** The node to which its forwarding channels take longer, and by how much. */
  @Nullable WorldNode slowTo;

  long slowNanos;

  /** What the rest of the node was told since a test looked last: whose requests are over. */
  final List<ControlEffect> told = new ArrayList<>();

  private final WorldChannels channels;

  /** The service as requests know it; null before anything was published. */
  private @Nullable ServiceView shop;

  private @Nullable ControlPlane plane;
  private boolean stepping;
  private boolean running;
  private boolean backendIsWell;

  /** Where it listens; the others take it to be at {@link World#PORT} until they know. */
  int port = World.PORT;

  /** Whether it can probe: none of its services is evaluated before that. */
  boolean probesRun = true;

  /** How many peers its start waits for; empty for as many as it has candidates. */
  OptionalInt awaited = OptionalInt.empty();

  private int life;
  private final WorldTimer timer;
  private final WorldPaths paths;
  private ControlEffect.@Nullable Drained drained;
  boolean stopped;
  int started;

  /** Whether that was so when the last node was to get no further requests. */
  boolean awaitedShopWhenRequestsLeft;

  /** Where the service was published to be when the start was over. */
  Set<HostAddress> publishedAtStart = Set.of();

  WorldNode(World world, int place, List<Endpoint> candidates) {
    this.world = world;
    this.place = place;
    this.candidates = candidates;
    this.clockOffsetNanos = world.seeded.nextLong();
    this.address = place;
    this.certificate = issue();
    this.channels = new WorldChannels(world, this);
    this.timer = new WorldTimer(world, this);
    this.paths = new WorldPaths(world, this);
  }

  /** A certificate of this life: a node that comes back has renewed it. */
  private PeerIdentity issue() {
    return issue(life);
  }

  /** Another certificate for the same node, which it does not use. */
  PeerIdentity otherCertificate() {
    return issue(life + 1_000);
  }

  private PeerIdentity issue(int number) {
    TreeSet<ServiceName> services = new TreeSet<>();
    services.add(World.SHOP);
    return new PeerIdentity(
        new NodeName("n" + place),
        TestPeers.host(place),
        services,
        String.format("%d%063d", place, number),
        List.of(),
        TestPeers.NOW + TestPeers.DAY,
        place + "" + number);
  }

  PeerIdentity certificate() {
    return certificate;
  }

  HostAddress identity() {
    return certificate.identity();
  }

  int place() {
    return place;
  }

  int address() {
    return address;
  }

  ControlPlane plane() {
    ControlPlane started = plane;
    if (started == null) {
      throw new IllegalStateException("it was not started yet");
    }
    return started;
  }

  /** What came of a drain; empty before it is over. */
  Optional<ControlEffect.Drained> drained() {
    return Optional.ofNullable(drained);
  }

  boolean isRunning() {
    return running;
  }

  /** Whether its port takes connections. */
  boolean isListening() {
    return running && !stopped;
  }

  /** The time of the world at which its clock shows this; not before now. */
  long worldNanos(long monotonicNanos) {
    return Math.max(world.nowNanos(), monotonicNanos - clockOffsetNanos);
  }

  /** BFD, which is a machine of its own. */
  WorldPaths paths() {
    return paths;
  }

  /** How often it was started or killed: what belongs to an earlier life is nothing to it. */
  int life() {
    return life;
  }

  /** Starts a new machine. */
  void start() {
    life++;
    running = true;
    started = 0;
    shop = null;
    address = place + World.MOVED * world.seeded.nextInt(2);
    certificate = issue();
    stopped = false;
    drained = null;
    OverlaySettings config =
        new OverlaySettings(
            certificate.name(),
            identity(),
            new Asn(ASN),
            OverlaySettings.Reflection.NONE,
            OverlayLimits.usual(),
            NodeCosts.equal(),
            NodeDirectory.empty());
    TreeMap<ServiceName, ControlConfig.Service> services = new TreeMap<>();
    services.put(
        World.SHOP,
        new ControlConfig.Service(World.SHOP_AT, List.of("shop.example"), List.of(), 0, 1));
    Rng rng = bound -> world.seeded.nextLong(bound);
    paths.restart();
    plane =
        new ControlPlane(
            new ControlConfig(
                identity(),
                services,
                name -> world.relation.apply(identity(), name),
                World.PORT,
                new ControlConfig.Discovery(
                    world.learns, List.of(World.socket(address, World.PORT)))),
            new Overlay(config, rng),
            new LocalSignals(List.of(SHOP), now().monotonicNanos()),
            new Neighbors(certificate.name(), identity()),
            rng);
    step(new ControlEvent.OfSignals(new SignalEvent.Tick()));
    step(new ControlEvent.Start(candidates, Revocations.NONE, 5_000_000_000L, awaited));
  }

  /** The process is gone; what it was connected with is reset by its kernel. */
  void kill() {
    life++;
    running = false;
    waiting.clear();
    forwards.clear();
    channels.clear();
    timer.clear();
    paths.clear();
    world.nodes.forEach(
        node -> {
          world.resetStreams(place, node.place());
          node.channels.peerKilled(this);
        });
  }

  WorldChannels channels() {
    return channels;
  }

  World world() {
    return world;
  }

  /** From now on probes of the backend here end so. */
  void backendIs(boolean well) {
    backendIsWell = well;
  }

  /** The state that an operator or a lease gives the service here. */
  void command(SignalEvent event) {
    step(new ControlEvent.OfSignals(event));
  }

  private void probe(SignalEffect.RunProbe order) {
    int now = life;
    world.in(
        world.latencyNanos(),
        () -> {
          if (life == now) {
            command(
                probesRun
                    ? new SignalEvent.ProbeDone(
                        order.service(),
                        order.ticket(),
                        backendIsWell,
                        "tried",
                        now().monotonicNanos())
                    : new SignalEvent.ProbeNotRun(order.service(), order.ticket()));
          }
        });
  }

  /** Steps the machine and does what it asks for, in order. */
  void step(ControlEvent event) {
    if (!running) {
      return;
    }
    waiting.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      for (ControlEvent next = waiting.poll(); next != null; next = waiting.poll()) {
        world.traced(place + " < " + next.getClass().getSimpleName());
        for (ControlEffect effect : plane().step(next, now())) {
          world.traced(place + " > " + described(effect));
          carryOut(effect);
        }
        WorldChecks.check(this);
      }
    } finally {
      stepping = false;
    }
    timer.arm(plane().deadlineNanos(), () -> step(new ControlEvent.Tick()));
  }

  /** What its clocks show now. */
  Now now() {
    return new Now(world.nowNanos() + clockOffsetNanos, world.wallMillis());
  }

  private void carryOut(ControlEffect effect) {
    switch (effect) {
      case ControlEffect.Write(long number, byte[] bytes) ->
          world.stream(number)
              .filter(stream -> !stream.write(this, bytes))
              .ifPresent(stream -> step(new ControlEvent.StreamFull(number)));
      case ControlEffect.CloseStream(long number, String why) ->
          world.stream(number).ifPresent(stream -> stream.close(this, why));
      case ControlEffect.DialCandidate(Endpoint candidate) -> world.dialCandidate(this, candidate);
      case ControlEffect.DialChannel(long dial, InetSocketAddress at) ->
          world.dialChannel(this, dial, at);
      case ControlEffect.HoldChannel(long dial) -> channels.hold(dial);
      case ControlEffect.CloseChannel(long dial, String why) -> channels.close(dial);
      case ControlEffect.ForwardTo to -> forwards.put(to.peer().identity(), to);
      case ControlEffect.ForwardNoMore(HostAddress node) -> forwards.remove(node);
      case ControlEffect.AdjacencyUp(PeerIdentity peer, long number) ->
          world.stream(number)
              .ifPresent(
                  stream ->
                      paths.step(
                          new PathEvent.AdjacencyUp(
                              peer,
                              stream.remoteEnd(this),
                              stream.isDialledBy(this) ? Direction.OUTGOING : Direction.INCOMING,
                              stream.keyingMaterial())));
      case ControlEffect.AdjacencyDown(HostAddress node) ->
          paths.step(new PathEvent.AdjacencyDown(node));
      case ControlEffect.Drained done -> drained = done;
      case ControlEffect.PublishSoon _ -> {
        int now = life;
        world.in(
            world.seeded.nextInt(5_000_000),
            () -> {
              if (life == now) {
                step(new ControlEvent.Publish());
              }
            });
      }
      case ControlEffect.Published(var changed) -> changed.forEach(state -> shop = state.view());
      case ControlEffect.RunProbe(var probe) -> probe(probe);
      case ControlEffect.Started _ -> {
        started++;
        publishedAtStart = publishedShopAt();
      }
      case ControlEffect.Stopped _ -> {
        stopped = true;
        paths.step(new PathEvent.Stop());
      }
      case ControlEffect.Yielded yielded -> told.add(yielded);
      case ControlEffect.RequestsLeft left -> {
        awaitedShopWhenRequestsLeft = awaitsShop();
        told.add(left);
      }
      case ControlEffect.RequestsLost _,
          ControlEffect.SenderChanged _,
          ControlEffect.RoutesChanged _,
          ControlEffect.RightsChecked _ -> {
        if (told.size() < MAX_TOLD) {
          told.add(effect);
        }
      }
      case ControlEffect.PathsChanged _,
          ControlEffect.Monitored _,
          ControlEffect.SessionRefused _,
          ControlEffect.Answered _,
          ControlEffect.Log _ -> {}
    }
  }

  private static String described(ControlEffect effect) {
    return switch (effect) {
      case ControlEffect.Write(long stream, byte[] bytes) ->
          "write " + stream + " " + Arrays.hashCode(bytes);
      case ControlEffect.RoutesChanged(int[] offsets) -> "routes " + Arrays.toString(offsets);
      case ControlEffect.RightsChecked check -> "rights checked, cut " + check.cut();
      case ControlEffect.Log line -> LogField.text(line.message(), line.fields());
      default -> effect.toString();
    };
  }

  /** Whether requests for the service that find no place wait for one, as published last. */
  boolean awaitsShop() {
    ServiceView view = shop;
    return view != null && view.awaited();
  }

  /** The nodes that requests for the service may be forwarded to, as published last. */
  Set<HostAddress> publishedShopAt() {
    TreeSet<HostAddress> at = new TreeSet<>();
    ServiceView view = shop;
    if (view != null) {
      view.candidates().stream().filter(Candidate::usable).forEach(c -> at.add(c.identity()));
    }
    return at;
  }

  /** The next hops of the service here, that may be used. */
  Set<HostAddress> shopAt() {
    TreeSet<HostAddress> at = new TreeSet<>();
    plane()
        .overlay()
        .route(World.SHOP_AT)
        .ifPresent(
            route ->
                route.paths().stream()
                    .filter(RouteView.PathView::usable)
                    .forEach(path -> at.add(path.nextHop())));
    return at;
  }
}
