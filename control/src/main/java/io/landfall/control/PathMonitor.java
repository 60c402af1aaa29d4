package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.bfd.BfdCodec;
import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdPacket;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.BfdState;
import io.landfall.bfd.BfdView;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.DiscardRule;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import io.landfall.trust.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * BFD with the other nodes (RFC 5883): one session for each adjacency, for as long as it is up,
 * between the addresses that forwarded requests take.
 *
 * <p>Keys and discriminators come from the TLS session that carries the adjacency ({@link
 * PathKeys}, decision 0006), so both ends know them without having sent them, and no other can. The
 * end that dialled sends first, to where it dialled; the other learns from the first authentic
 * packet where to answer.
 *
 * <p>What it proves of a peer's path is all that it reports. A peer that never answers is not known
 * to be unreachable: it may not run BFD, or a firewall may drop UDP.
 *
 * <p>A machine of its own beside {@link ControlPlane}: its ticks wait for nothing that other
 * threads hand over, and those of the plane do.
 */
public final class PathMonitor implements Machine<PathEvent, PathEffect> {
  private final BfdConfig.Timing timing;
  private final OptionalInt port;
  private final Rng rng;
  private final Map<HostAddress, MonitoredPath> byNode = new LinkedHashMap<>();
  private final TreeMap<Integer, MonitoredPath> byOurs = new TreeMap<>();
  private final TreeMap<Integer, MonitoredPath> byTheirs = new TreeMap<>();
  private final DiscardCounts strangers = new DiscardCounts();
  private List<PathEffect> out = new ArrayList<>();

  /**
   * A session as people see it.
   *
   * @param peer the node's name
   * @param address where its packets go, as far as it is known
   */
  public record PathView(String peer, String address, BfdView session) {}

  /** One adjacency's session. */
  private static final class MonitoredPath {
    final PeerIdentity peer;
    final InetAddress address;
    final boolean dialled;
    final PathKeys.OwnEnd end;
    final BfdSession session;

    /** Null until it is known. */
    @Nullable InetSocketAddress remote;

    MonitoredPath(
        PathEvent.AdjacencyUp up, PathKeys.OwnEnd end, @Nullable InetSocketAddress to, Rng rng) {
      this.peer = up.peer();
      this.address = up.at().getAddress();
      this.dialled = up.direction().isOutgoing();
      this.end = end;
      this.session = new BfdSession(end.config(), rng);
      this.remote = to;
    }

    String whereText() {
      InetSocketAddress known = remote;
      return known == null ? Addresses.format(address.getAddress()) : Addresses.format(known);
    }
  }

  /**
   * No sessions yet.
   *
   * @param port the UDP port of every node; empty: the number of its TLS port
   */
  public PathMonitor(BfdConfig.Timing timing, OptionalInt port, Rng rng) {
    this.timing = timing;
    this.port = port;
    this.rng = rng;
  }

  @Override
  public List<PathEffect> step(PathEvent event, Now now) {
    switch (event) {
      case PathEvent.AdjacencyUp up -> adjacencyUp(up, now);
      case PathEvent.AdjacencyDown(HostAddress node) -> adjacencyDown(node);
      case PathEvent.Datagram(byte[] bytes, InetSocketAddress from) -> received(bytes, from, now);
      case PathEvent.Stop _ -> stop(now);
      case PathEvent.Tick _ -> tick(now);
    }
    List<PathEffect> effects = out;
    out = new ArrayList<>();
    return effects;
  }

  @Override
  public OptionalLong deadlineNanos() {
    OptionalLong earliest = OptionalLong.empty();
    for (MonitoredPath watched : byNode.values()) {
      earliest = ControlPlane.earlier(earliest, watched.session.deadlineNanos());
    }
    return earliest;
  }

  private void adjacencyUp(PathEvent.AdjacencyUp up, Now now) {
    adjacencyDown(up.peer().identity());
    PathKeys.OwnEnd end = PathKeys.derive(up.material(), up.direction().isOutgoing(), timing);
    int ours = end.config().discriminator();
    if (byOurs.containsKey(ours) || byTheirs.containsKey(end.remoteDiscriminator())) {
      String why = "its discriminator is in use";
      out.add(
          new PathEffect.Log(
              ControlEffect.Level.WARN,
              "bfd not used",
              List.of(field("peer", up.peer().name()), field("why", why))));
      return;
    }
    InetSocketAddress to =
        up.direction().isOutgoing()
            ? ForwardingPlan.at(up.at().getAddress(), port.orElse(up.at().getPort()))
            : null;
    MonitoredPath added = new MonitoredPath(up, end, to, rng);
    byNode.put(up.peer().identity(), added);
    byOurs.put(ours, added);
    byTheirs.put(end.remoteDiscriminator(), added);
    step(added, new BfdEvent.Start(), null, now);
  }

  private void adjacencyDown(HostAddress node) {
    MonitoredPath gone = byNode.remove(node);
    if (gone != null) {
      byOurs.remove(gone.end.config().discriminator());
      byTheirs.remove(gone.end.remoteDiscriminator());
      out.add(new PathEffect.Proved(node, PathLiveness.UNPROVED));
    }
  }

  private void stop(Now now) {
    for (MonitoredPath watched : byNode.values()) {
      step(watched, new BfdEvent.AdminDown(), null, now);
    }
    byNode.clear();
    byOurs.clear();
    byTheirs.clear();
  }

  private void tick(Now now) {
    for (MonitoredPath watched : List.copyOf(byNode.values())) {
      OptionalLong due = watched.session.deadlineNanos();
      if (due.isPresent() && now.monotonicNanos() - due.getAsLong() >= 0) {
        step(watched, new BfdEvent.Tick(), null, now);
      }
    }
  }

  private void received(byte[] datagram, InetSocketAddress from, Now now) {
    switch (BfdCodec.decode(datagram)) {
      case BfdCodec.Decoding.Discarded(DiscardRule rule) -> strangers.add(rule);
      case BfdCodec.Decoding.Read(BfdPacket packet) -> {
        MonitoredPath watched =
            packet.yourDiscriminator() == 0
                ? byTheirs.get(packet.myDiscriminator())
                : byOurs.get(packet.yourDiscriminator());
        if (watched == null) {
          strangers.add(DiscardRule.NO_SESSION);
        } else if (!from.getAddress().equals(watched.address)) {
          strangers.add(DiscardRule.SOURCE_ADDRESS);
        } else {
          step(watched, new BfdEvent.Received(datagram), from, now);
        }
      }
    }
  }

  private void step(
      MonitoredPath watched, BfdEvent event, @Nullable InetSocketAddress from, Now now) {
    for (BfdEffect effect : watched.session.step(event, now)) {
      switch (effect) {
        case BfdEffect.Send(byte[] datagram) -> {
          InetSocketAddress to = watched.remote;
          if (to != null) {
            out.add(new PathEffect.Send(datagram, to));
          }
        }
        case BfdEffect.PacketAccepted _ -> {
          // Authentic, and newer than all before. Whoever dialled keeps to the path that it
          // dialled.
          if (!watched.dialled) {
            watched.remote = from;
          }
        }
        case BfdEffect.Discarded _ -> {} // the session counts them
        case BfdEffect.PathChanged(PathLiveness path, String why) ->
            out.add(new PathEffect.Proved(watched.peer.identity(), path));
        case BfdEffect.StateChanged(BfdState before, BfdState after, String why) ->
            out.add(
                new PathEffect.Log(
                    before == BfdState.UP ? ControlEffect.Level.WARN : ControlEffect.Level.INFO,
                    "bfd",
                    List.of(
                        field("peer", watched.peer.name()),
                        field("address", watched.whereText()),
                        field("from", before.label()),
                        field("to", after.label()),
                        field("why", why))));
      }
    }
  }

  /** Every session, in the order in which the adjacencies came up. */
  public List<PathView> sessions() {
    return byNode.values().stream()
        .map(each -> new PathView(each.peer.name().value(), each.whereText(), each.session.view()))
        .toList();
  }

  /** What was discarded without a session. */
  public DiscardCounts strangers() {
    return strangers;
  }
}
