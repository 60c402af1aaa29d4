package io.landfall.bench;

import io.landfall.bgp.SessionEvent;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A reflector's table with so many paths in it: what one change costs from the bytes that bring it
 * to the bytes that tell it, and what loading the whole table costs.
 *
 * <p>The paths are those of bgp-peers.py: nodes with their identity and 200 services each, of a
 * pool of 800, so that a service has many paths; a tenth of the nodes' number of paths a service.
 */
@State(Scope.Benchmark)
public class TableBenchmark {
  private static final int SERVICES_PER_NODE = 200;
  private static final int POOL = 4 * SERVICES_PER_NODE;
  private static final long SENDER = 1;
  private static final long RECEIVER = 2;

  /** Paths in the table. */
  @Param({"1000", "10000", "100000", "1000000"})
  public int paths;

  private Neighbor sender;
  private Neighbor receiver;
  private Overlay overlay;
  private List<byte[]> load;
  private byte[] withdrawal;
  private byte[] announcement;

  @Setup(Level.Iteration)
  public void setUp() {
    fresh();
    for (byte[] update : load) {
      give(update);
    }
    if (overlay.pathCount() < paths) {
      throw new IllegalStateException("only " + overlay.pathCount() + " paths of " + paths);
    }
  }

  private void fresh() {
    sender = new Neighbor("10.99.0.2");
    receiver = new Neighbor("10.99.0.3");
    OverlayLimits usual = OverlayLimits.usual().withPathLimits(2_000_000, 4_000_000);
    overlay =
        new Overlay(
            new OverlaySettings(
                new NodeName("hub"),
                Neighbor.BLOCK.parseHost("10.99.0.1"),
                Neighbor.ASN,
                OverlaySettings.Reflection.REFLECTOR,
                usual,
                NodeCosts.equal(),
                new Anybody(),
                OverlaySettings.OwnRoute.NONE),
            bound -> 0);
    overlay.step(new OverlayEvent.LocalServicesEvaluated(), 0);
    join(sender, SENDER, PeerInfo.Relation.RELAY);
    join(receiver, RECEIVER, PeerInfo.Relation.CLIENT);
    load = new ArrayList<>();
    int nodes = (paths + SERVICES_PER_NODE) / (SERVICES_PER_NODE + 1);
    int block = Neighbor.BLOCK.parseHost("10.200.0.0").offset();
    int pool = Neighbor.BLOCK.parseHost("10.210.0.0").offset();
    HostAddress node = Neighbor.BLOCK.host(block);
    HostAddress last = node;
    for (int n = 0; n < nodes; n++) {
      node = Neighbor.BLOCK.host(block + n);
      List<HostAddress> hosts = new ArrayList<>(List.of(node));
      for (int k = 0; k < SERVICES_PER_NODE; k++) {
        last = Neighbor.BLOCK.host(pool + (n * 7 + k * 13) % POOL);
        hosts.add(last);
      }
      load.addAll(sender.announce(node, n + 1, hosts));
    }
    withdrawal = sender.withdraw(nodes, List.of(last)).getFirst();
    announcement = sender.announce(node, nodes, List.of(last)).getFirst();
  }

  private void join(Neighbor neighbor, long link, PeerInfo.Relation relation) {
    PeerInfo info =
        new PeerInfo(new NodeName("peer" + link), neighbor.identity, new TreeSet<>(), relation);
    Deque<byte[]> toHub =
        new ArrayDeque<>(neighbor.take(new SessionEvent.Connected(link, Direction.OUTGOING), 0));
    Deque<byte[]> toPeer = new ArrayDeque<>();
    collect(
        overlay.step(new OverlayEvent.LinkUp(info, "f" + link, link, Direction.INCOMING), 0),
        link,
        toPeer);
    while (!toHub.isEmpty() || !toPeer.isEmpty()) {
      if (!toPeer.isEmpty()) {
        toHub.addAll(neighbor.take(new SessionEvent.Received(link, toPeer.poll()), 0));
      } else {
        collect(
            overlay.step(new OverlayEvent.Bytes(neighbor.identity, link, toHub.poll()), 0),
            link,
            toPeer);
      }
    }
  }

  private static void collect(List<OverlayEffect> effects, long link, Deque<byte[]> bytes) {
    for (OverlayEffect effect : effects) {
      if (effect instanceof OverlayEffect.Write write && write.connection() == link) {
        bytes.add(write.bytes());
      }
    }
  }

  private List<OverlayEffect> give(byte[] update) {
    return overlay.step(new OverlayEvent.Bytes(sender.identity, SENDER, update), 0);
  }

  /** One withdrawal and one announcement, each from the sender's bytes to the receiver's. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public List<OverlayEffect> flap() {
    give(withdrawal);
    List<OverlayEffect> told = give(announcement);
    if (told.size() < 2) {
      throw new IllegalStateException("nobody was told");
    }
    return told;
  }

  /** The whole table into an empty reflector, and out to the receiver. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public int load() {
    fresh();
    for (byte[] update : load) {
      give(update);
    }
    return overlay.pathCount();
  }

  /** The generator's nodes, which may originate whatever is no node. */
  private static final class Anybody implements NodeDirectory {
    private final int firstService = Neighbor.BLOCK.parseHost("10.210.0.0").offset();

    @Override
    public boolean isNode(HostAddress address) {
      return address.offset() < firstService;
    }

    @Override
    public boolean isEntitled(HostAddress node, HostAddress service) {
      return true;
    }
  }
}
