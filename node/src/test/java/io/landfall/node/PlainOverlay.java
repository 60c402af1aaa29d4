package io.landfall.node;

import io.landfall.bgp.peering.Peering;
import io.landfall.control.ControlConfig;
import io.landfall.control.ControlPlane;
import io.landfall.control.Neighbors;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.PlainNeighbor;
import io.landfall.node.peering.PlainNeighbors;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RouteView;
import io.landfall.signal.LocalSignals;
import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plane two of one node over real TCP connections, with what a test wants to know of it. Every node
 * of the block is known and may originate everything.
 */
final class PlainOverlay implements AutoCloseable {
  private static final NodeDirectory ANYBODY_ANYTHING =
      new NodeDirectory() {
        @Override
        public boolean isNode(HostAddress address) {
          return address.offset() < 256;
        }

        @Override
        public boolean isEntitled(HostAddress node, HostAddress service) {
          return true;
        }
      };

  private final EventLoopGroup loops = Sockets.loops(1, "test-control");
  private final AtomicBoolean broken = new AtomicBoolean();
  private final ControlLoop control = new ControlLoop(loops.next(), () -> broken.set(true));
  private final ControlDriver driver;
  private final PlainNeighbors neighbors;

  PlainOverlay(
      HostAddress identity, boolean reflector, int holdSeconds, List<PlainNeighbor> others) {
    OverlaySettings config =
        new OverlaySettings(
            new NodeName("n" + identity.offset()),
            identity,
            new Asn(BgpMessages.OVERLAY_ASN),
            reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
            OverlayLimits.usual().withHoldTime(holdSeconds),
            NodeCosts.equal(),
            ANYBODY_ANYTHING);
    driver =
        new ControlDriver(
            new ControlPlane(
                ControlConfig.ofReflector(identity),
                new Overlay(config, bound -> 0),
                new LocalSignals(List.of(), 0),
                new Neighbors(config.name(), identity),
                bound -> 0),
            control,
            ignored -> {});
    neighbors = new PlainNeighbors(others, new PeeringDriver.Host(loops, control), driver);
  }

  /** A neighbour that speaks from an address, and listens on a port of it when it is dialled. */
  static PlainNeighbor neighbor(
      HostAddress identity, InetAddress from, PeerInfo.Relation relation, Optional<Integer> dial) {
    return new PlainNeighbor(
        new PeerInfo(new NodeName("n" + identity.offset()), identity, new TreeSet<>(), relation),
        new BgpTcpSpec(
            new InetSocketAddress(from, dial.orElse(BgpTcpSpec.BGP_PORT)),
            Optional.empty(),
            Optional.empty(),
            0,
            BgpTcpSpec.Timeouts.DEFAULT),
        dial.isPresent() ? Peering.Dialling.WHILE_ALONE : Peering.Dialling.NEVER);
  }

  /** Listens on any free port of an address. */
  int listen(InetAddress address) {
    var bound =
        neighbors.listen(new InetSocketAddress(address, 0), OpenSockets.NONE).syncUninterruptibly();
    return ((InetSocketAddress) bound.channel().localAddress()).getPort();
  }

  PlainOverlay start() {
    apply(new OverlayEvent.LocalServicesEvaluated());
    control.execute(neighbors::start);
    return this;
  }

  void apply(OverlayEvent event) {
    control.execute(() -> driver.apply(event));
  }

  private <T> T ask(Callable<T> question) {
    try {
      return control.ask(question).get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  PeerView peer(HostAddress identity) {
    return ask(
        () ->
            driver.overlay().peers().stream()
                .filter(peer -> peer.info().identity().equals(identity))
                .findFirst()
                .orElseThrow());
  }

  /** Whether a session with this node was up at all and is up now. */
  boolean isEstablished(HostAddress identity) {
    return ask(() -> driver.plane().isEstablished(identity));
  }

  /** The next hops of a host, sorted, as text. */
  List<String> nextHops(Block block, int offset) {
    return ask(
        () ->
            driver
                .overlay()
                .route(block.host(offset))
                .map(RouteView::paths)
                .orElse(List.of())
                .stream()
                .map(path -> path.nextHop().toString())
                .sorted()
                .toList());
  }

  int pathCount() {
    return ask(() -> driver.overlay().pathCount());
  }

  String refused() {
    return ask(() -> driver.overlay().refused().toString());
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    if (broken.get()) {
      throw new AssertionError("an invariant broke");
    }
  }
}
