package io.landfall.node;

import io.landfall.bench.Neighbor;
import io.landfall.bgp.SessionEvent;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.control.Neighbors;
import io.landfall.control.Publication;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.signal.LocalSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What one change of one service costs a node whose table is full: from the bytes of the UPDATE to
 * the snapshot that requests read. Every service is advertised by every node. It stands in this
 * package to reach what makes snapshots.
 */
@State(Scope.Benchmark)
public class PublicationBenchmark {
  private static final long LINK = 1;

  /** Services that the node knows. */
  @Param({"100", "1000", "4000"})
  public int services;

  /** Nodes that advertise each of them. */
  @Param({"3", "50"})
  public int nodes;

  private Neighbor sender;
  private Overlay overlay;
  private Snapshots snapshots;
  private Publication publication;
  private byte[] withdrawal;
  private byte[] announcement;
  private boolean withdrawn;

  @Setup
  public void setUp() throws IOException {
    sender = new Neighbor("10.99.0.2");
    overlay =
        new Overlay(
            new OverlaySettings(
                new NodeName("fra"),
                Neighbor.BLOCK.parseHost("10.99.0.1"),
                Neighbor.ASN,
                OverlaySettings.Reflection.NONE,
                OverlayLimits.usual().withPathLimits(2_000_000, 4_000_000),
                NodeCosts.equal(),
                new Anybody(),
                OverlaySettings.OwnRoute.NONE),
            bound -> 0);
    NodeConfig config = config();
    Neighbors names = new Neighbors(config.name(), config.identity());
    publication =
        new Publication(
            Translate.control(config),
            overlay,
            new LocalSignals(Translate.signalSpecs(config), 0),
            names,
            node -> Optional.empty());
    snapshots = 
        new Snapshots(
            config,
            publication.published(),
            new Backends(List.of(), Map.of(), Map.of(), 0),
            () -> 0L);
    overlay.step(new OverlayEvent.LocalServicesEvaluated(), 0);
    join();
    List<HostAddress> all = new ArrayList<>();
    for (int s = 0; s < services; s++) {
      all.add(service(s));
    }
    for (int n = 0; n < nodes; n++) {
      HostAddress node = Neighbor.BLOCK.host(Neighbor.BLOCK.parseHost("10.200.0.0").offset() + n);
      names.configured(node, new NodeName("n" + n));
      overlay.step(new OverlayEvent.RemoteNode.Verified(node, new TreeSet<>(all)), 0);
      overlay.step(new OverlayEvent.RemoteNode.ChannelUp(node), 0);
      List<HostAddress> hosts = new ArrayList<>(List.of(node));
      hosts.addAll(all);
      for (byte[] update : sender.announce(node, n + 1, hosts)) {
        give(update);
      }
    }
    if (overlay.pathCount() < services * nodes) {
      throw new IllegalStateException("only " + overlay.pathCount() + " paths of " + services * nodes);
    }
    HostAddress node = Neighbor.BLOCK.host(Neighbor.BLOCK.parseHost("10.200.0.0").offset());
    HostAddress one = service(services / 2);
    withdrawal = sender.withdraw(1, List.of(one)).getFirst();
    announcement = sender.announce(node, 1, List.of(one)).getFirst();
    if (change().view().route("s" + services / 2 + ".example", "/").orElseThrow().usable().size()
        != nodes - 1) {
      throw new IllegalStateException("the snapshot does not follow");
    }
  }

  private NodeConfig config() throws IOException {
    Path file = Files.createTempFile("publication", ".yaml");
    StringBuilder text =
        new StringBuilder(
            """
            node: {name: fra, identity: 10.99.0.1}
            overlay: {block: 10.0.0.0/8, listen: "127.0.0.1:1"}
            trust: {domain: cdn.example, ca: %1$s, certificate: %1$s, key: %1$s}
            edge: {listen: [{address: "127.0.0.1:2"}]}
            services:
            """
                .formatted(file));
    for (int s = 0; s < services; s++) {
      text.append("  s%d: {identity: %s, hosts: [s%d.example]}\n".formatted(s, service(s), s));
    }
    Files.writeString(file, text);
    try {
      return switch (ConfigLoader.load(file)) {
        case ConfigResult.Valid valid -> valid.config();
        case ConfigResult.Invalid invalid -> throw new IllegalStateException(invalid.toString());
      };
    } finally {
      Files.delete(file);
    }
  }

  private static HostAddress service(int number) {
    return Neighbor.BLOCK.host(Neighbor.BLOCK.parseHost("10.210.0.0").offset() + number);
  }

  private void join() {
    PeerInfo info =
        new PeerInfo(
            new NodeName("hub"), sender.identity, new TreeSet<>(), PeerInfo.Relation.RELAY);
    Deque<byte[]> toNode =
        new ArrayDeque<>(sender.take(new SessionEvent.Connected(LINK, Direction.OUTGOING), 0));
    Deque<byte[]> toHub =
        written(overlay.step(new OverlayEvent.LinkUp(info, "f", LINK, Direction.INCOMING), 0));
    while (!toNode.isEmpty() || !toHub.isEmpty()) {
      if (!toHub.isEmpty()) {
        toNode.addAll(sender.take(new SessionEvent.Received(LINK, toHub.poll()), 0));
      } else {
        toHub.addAll(
            written(
                overlay.step(new OverlayEvent.Bytes(sender.identity, LINK, toNode.poll()), 0)));
      }
    }
  }

  private static Deque<byte[]> written(List<OverlayEffect> effects) {
    Deque<byte[]> bytes = new ArrayDeque<>();
    for (OverlayEffect effect : effects) {
      if (effect instanceof OverlayEffect.Write write) {
        bytes.add(write.bytes());
      }
    }
    return bytes;
  }

  private void give(byte[] update) {
    for (OverlayEffect effect :
        overlay.step(new OverlayEvent.Bytes(sender.identity, LINK, update), 0)) {
      if (effect instanceof OverlayEffect.RoutesChanged changed) {
        publication.routesChanged(changed.offsets());
      }
    }
    publish();
  }

  private void publish() {
    while (publication.hasChanges()) {
      snapshots.update(publication.takeChanges());
    }
  }

  /** One service withdrawn at one node, or announced again: UPDATE in, snapshot out. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public EdgeSnapshot change() {
    withdrawn = !withdrawn;
    give(withdrawn ? withdrawal : announcement);
    return snapshots.current();
  }

  /** All services looked at again, as each change once did. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public EdgeSnapshot everything() {
    publication.everythingChanged();
    publish();
    return snapshots.current();
  }

  /** Nodes and services of this benchmark, all entitled. */
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
