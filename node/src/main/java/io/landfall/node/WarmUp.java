package io.landfall.node;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.peering.Peering;
import io.landfall.control.ControlConfig;
import io.landfall.control.ControlEffect;
import io.landfall.control.ControlPlane;
import io.landfall.control.Neighbors;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.core.Signal;
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
import io.landfall.signal.LocalSignals;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Does the work of a reflector once before it is real, so that the first withdrawal that matters
 * does not run through code that the JVM has never seen: a cold one takes milliseconds, and the
 * hundredth a fraction of one.
 *
 * <p>Three overlays on one thread speak real BGP over TCP on the loopback device: a speaker whose
 * service comes and goes, a reflector, and a listener that waits for each change before it asks for
 * the next. Nothing of it touches the real table, and none of its sockets outlives it. Where it
 * cannot be done (no loopback device, say) nothing is lost but the warmth.
 */
final class WarmUp {
  /** A machine that takes longer than this is better off starting. */
  private static final long PATIENCE_MILLIS = 3_000;

  /** RFC 6890: nothing of this block ever leaves a host, nor is it anybody's overlay. */
  private static final Block BLOCK = Block.parse("192.0.2.0/24");

  private static final HostAddress HUB = BLOCK.parseHost("192.0.2.1");
  private static final HostAddress SPEAKER = BLOCK.parseHost("192.0.2.2");
  private static final HostAddress LISTENER = BLOCK.parseHost("192.0.2.3");
  private static final HostAddress SERVICE = BLOCK.parseHost("192.0.2.100");
  private static final Asn ASN = Asn.of(64_512);

  private final EventLoopGroup loops = Sockets.loops(1, "landfall-warm-up");
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final ControlLoop control =
      new ControlLoop(
          loops.next(), () -> done.completeExceptionally(new IllegalStateException("broken")));
  private final long patienceMillis;
  private int changesLeft;
  private boolean up;

  private WarmUp(int changes, long patienceMillis) {
    this.changesLeft = changes;
    this.patienceMillis = patienceMillis;
  }

  /**
   * Sends so many changes of one service through a reflector.
   *
   * @return whether all were sent
   */
  static boolean withChanges(int changes) {
    return withChanges(changes, PATIENCE_MILLIS);
  }

  /** The same, given up after so many milliseconds. */
  static boolean withChanges(int changes, long patienceMillis) {
    if (changes <= 0) {
      return true;
    }
    WarmUp warmUp = new WarmUp(changes, patienceMillis);
    try {
      return warmUp.run();
    } finally {
      warmUp
          .loops
          .shutdownGracefully(0, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(PATIENCE_MILLIS);
    }
  }

  /**
   * A change of a route among many finds its attributes by comparison with an equal set; one that
   * comes and goes alone finds them by identity, so that the run below does not get here.
   */
  private static boolean isEqualityWarm(int times) {
    boolean same = true;
    for (int i = 0; i < times; i++) {
      same &= attributes(i & 1).equals(attributes(i & 1));
    }
    return same;
  }

  private static PathAttributes attributes(int tier) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(SPEAKER.inetAddress()),
        OptionalLong.of(tier),
        OptionalLong.of(100),
        new PathAttributes.Reflection(Optional.of(1), List.of(1)),
        new PathAttributes.Communities(
            List.of(PathAttributes.NO_LLGR), List.of(new LargeCommunity(ASN.bits(), 1, 1))),
        OptionalLong.empty());
  }

  private boolean run() {
    if (!isEqualityWarm(changesLeft)) {
      throw new InvariantBroken("equal attributes are equal");
    }
    Part hub = new Part("hub", HUB, true);
    Part speaker = new Part("speaker", SPEAKER, true);
    Part listener = new Part("listener", LISTENER, false);
    hub.streams =
        hub.neighbors(
            List.of(
                neighbor(speaker, 0, PeerInfo.Relation.CLIENT, Optional.empty()),
                neighbor(listener, 0, PeerInfo.Relation.CLIENT, Optional.empty())));
    ChannelFuture bound =
        hub.streams
            .listen(new InetSocketAddress(hub.address, 0), OpenSockets.NONE)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      return false;
    }
    int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    // The first route is the speaker itself; every one after that is its service.
    listener.onChange = () -> control.execute(() -> next(speaker, listener));
    listener.awaited = SPEAKER.offset();
    control.execute(
        () -> {
          for (Part part : List.of(hub, speaker, listener)) {
            part.driver.apply(new OverlayEvent.LocalServicesEvaluated());
          }
          for (Part part : List.of(speaker, listener)) {
            Optional<InetAddress> from = Optional.of(part.address);
            part.streams =
                part.neighbors(List.of(neighbor(hub, port, PeerInfo.Relation.REFLECTOR, from)));
            part.streams.start();
          }
        });
    boolean all = isDone();
    bound.channel().close();
    control.execute(
        () -> {
          for (Part part : List.of(speaker, listener, hub)) {
            part.streams.stop();
            part.driver.apply(new OverlayEvent.Shutdown("the warm-up is over"));
          }
        });
    return all;
  }

  private boolean isDone() {
    try {
      done.get(patienceMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The listener's table changed: on with the next change, until none is left. */
  private void next(Part speaker, Part listener) {
    if (changesLeft-- <= 0) {
      done.complete(null);
      return;
    }
    listener.awaited = SERVICE.offset();
    up = !up;
    speaker.driver.apply(
        new OverlayEvent.Originate(SERVICE, up ? Signal.UP : Signal.DOWN, changesLeft & 1));
  }

  /** A part as another sees it; whoever dials it does so from an address of its own. */
  private static PlainNeighbor neighbor(
      Part part, int port, PeerInfo.Relation relation, Optional<InetAddress> dialer) {
    TreeSet<HostAddress> services = new TreeSet<>();
    services.add(SERVICE);
    return new PlainNeighbor(
        new PeerInfo(new NodeName(part.name), part.identity, services, relation),
        new BgpTcpSpec(
            new InetSocketAddress(part.address, port),
            dialer,
            Optional.empty(),
            0,
            BgpTcpSpec.Timeouts.DEFAULT),
        dialer.isPresent() ? Peering.Dialling.WHILE_ALONE : Peering.Dialling.NEVER);
  }

  /** One of the three overlays. */
  private final class Part {
    private final String name;
    private final HostAddress identity;
    private final InetAddress address;
    private final ControlDriver driver;
    private Runnable onChange = () -> {};
    private int awaited = -1;
    private PlainNeighbors streams;

    Part(String name, HostAddress identity, boolean reflector) {
      this.name = name;
      this.identity = identity;
      this.address = InetAddress.ofLiteral("127.86.0." + identity.offset());
      OverlaySettings config =
          new OverlaySettings(
              new NodeName(name),
              identity,
              ASN,
              reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
              OverlayLimits.usual(),
              NodeCosts.equal(),
              new Parts());
      Rng rng = bound -> ThreadLocalRandom.current().nextLong(bound);
      this.driver =
          new ControlDriver(
                  new ControlPlane(
                      ControlConfig.ofReflector(identity),
                      new Overlay(config, rng),
                      new LocalSignals(List.of(), 0),
                      new Neighbors(new NodeName(name), identity),
                      rng),
                  control,
                  this::carryOut)
              .silently();
      this.streams = neighbors(List.of());
    }

    private PlainNeighbors neighbors(List<PlainNeighbor> list) {
      return new PlainNeighbors(list, new PeeringDriver.Host(loops, control), driver);
    }

    private void carryOut(ControlEffect effect) {
      if (effect instanceof ControlEffect.RoutesChanged(int[] offsets)) {
        for (int offset : offsets) {
          if (offset == awaited) {
            onChange.run();
          }
        }
      }
    }
  }

  /** Everybody here is known: the three parts are one thread. */
  private static final class Parts implements NodeDirectory {
    @Override
    public boolean isNode(HostAddress address) {
      return address.offset() <= LISTENER.offset();
    }

    @Override
    public boolean isEntitled(HostAddress node, HostAddress service) {
      return true;
    }
  }
}
