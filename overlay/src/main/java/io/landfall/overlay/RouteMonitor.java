package io.landfall.overlay;

import io.landfall.bgp.Family;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.SessionListener;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a route monitor receives: what sessions receive comes out of it as {@link
 * OverlayEffect.Monitored}, and the table is read through it a slice at a time. It changes nothing.
 *
 * <p>A monitor that was never opened costs a session one comparison for each UPDATE. One that is
 * open and wants no UPDATEs costs what a session costs to come up and go down.
 */
public final class RouteMonitor {
  /** Places looked at in one slice at most, so that an empty part of a large block ends too. */
  private static final int PLACES_PER_SLICE = 131_072;

  private final OverlaySettings config;
  private final Rib rib;
  private final Peers peers;
  private final UsableNextHops nextHops;
  private final Effects effects;
  private boolean open;
  private boolean wantsUpdates;
  private long shown;

  RouteMonitor(
      OverlaySettings config, Rib rib, Peers peers, UsableNextHops nextHops, Effects effects) {
    this.config = config;
    this.rib = rib;
    this.peers = peers;
    this.nextHops = nextHops;
    this.effects = effects;
  }

  /** Opens it; before the overlay has its first peer, since a session is watched from its start. */
  public void open() {
    open = true;
  }

  /** Whether UPDATEs are wanted from now on. */
  public void wantUpdates(boolean wanted) {
    wantsUpdates = wanted;
  }

  /**
   * Whether paths that change are to be named from now on ({@link OverlayEffect.PathsChanged}).
   * Whoever wants them reads the table after this call.
   */
  public void wantChanges(boolean wanted) {
    rib.changedPaths().setWanted(wanted);
  }

  /** What the overlay is configured as. */
  public OverlaySettings config() {
    return config;
  }

  /** The family of every route. */
  public Family family() {
    return HostRouteCodec.familyOf(config.block());
  }

  /** How many paths the table holds, this node's own included. */
  public int pathCount() {
    return rib.livePaths();
  }

  /**
   * One path as it was learned.
   *
   * @param host its destination
   * @param from the peer that sent it; empty when this node originates it
   * @param receivedPathId the identifier it came with (RFC 7911)
   * @param ownPathId an identifier that no other path has here while this one is in the table
   * @param usable whether its next hop is usable
   * @param attributes its attributes; paths of one peer have the same when this is one object
   * @param learnedAtNanos when it was learned or last changed, monotonic
   */
  public record MonitoredPath(
      HostAddress host,
      Optional<HostAddress> from,
      int receivedPathId,
      int ownPathId,
      boolean usable,
      PathAttributes attributes,
      long learnedAtNanos) {}

  /** Takes one path; returns whether another is wanted. */
  public interface PathVisitor {
    /** A path that is in the table now. */
    boolean path(MonitoredPath path);
  }

  /**
   * Shows the paths from an identifier on until the visitor wants no more. Identifiers depend on
   * nothing of hosts, so it costs the same however many paths a host has.
   *
   * @param fromId an {@link MonitoredPath#ownPathId}
   * @return the identifier to go on from; empty when the table is at its end
   */
  public OptionalInt walkPaths(int fromId, PathVisitor visitor) {
    long end = Math.min(1L + rib.lastPathId(), (long) fromId + PLACES_PER_SLICE);
    int id = fromId;
    boolean more = true;
    while (more && id < end) {
      Path path = rib.pathOf(id++);
      more = path == null || visitor.path(show(path));
    }
    return id <= rib.lastPathId() ? OptionalInt.of(id) : OptionalInt.empty();
  }

  /** The path that has this identifier now; empty when none has. */
  public Optional<MonitoredPath> path(int ownPathId) {
    Path path = rib.pathOf(ownPathId);
    return path == null ? Optional.empty() : Optional.of(show(path));
  }

  private MonitoredPath show(Path path) {
    shown++;
    return new MonitoredPath(
        path.host.address,
        path.from.local ? Optional.empty() : Optional.of(path.from.identity),
        path.pathId,
        path.outId,
        nextHops.isUsable(path.attributes.nextHop.offset()),
        path.attributes.received,
        path.learnedAtNanos);
  }

  /** How many paths were shown to watchers since the start: what watching costs. */
  public long pathsShown() {
    return shown;
  }

  /** Takes some of the paths of one host. */
  public interface Visitor {
    /** These paths; a host with many is shown in several calls, one after the other. */
    void host(HostAddress host, List<MonitoredPath> paths);
  }

  /** Begins a walk over the table, host by host in order of address. */
  public Walk walk() {
    return new Walk();
  }

  /** A walk over the table in slices, each of which may end inside a host. */
  public final class Walk {
    private int nextOffset;

    /** The paths of the current host when its turn began, of which some were not shown yet. */
    private List<Path> rest = List.of();

    private int nextOfRest;

    private Walk() {}

    /** Whether a slice may show anything. */
    public boolean hasMore() {
      return nextOfRest < rest.size() || nextOffset < config.block().size();
    }

    /** Shows at most so many paths. */
    public void slice(int budgetPaths, Visitor visitor) {
      long end = Math.min(config.block().size(), (long) nextOffset + PLACES_PER_SLICE);
      int left = budgetPaths;
      while (left > 0) {
        if (nextOfRest < rest.size()) {
          left -= showSome(left, visitor);
        } else if (nextOffset < end) {
          Host host = rib.host(nextOffset++);
          rest = host == null ? List.of() : host.routes();
          nextOfRest = 0;
        } else {
          return;
        }
      }
    }

    private int showSome(int most, Visitor visitor) {
      int end = Math.min(rest.size(), nextOfRest + most);
      HostAddress host = rest.get(nextOfRest).host.address;
      List<MonitoredPath> some = new ArrayList<>(end - nextOfRest);
      int looked = end - nextOfRest;
      for (Path path : rest.subList(nextOfRest, end)) {
        if (path.isValid()) {
          some.add(show(path));
        }
      }
      nextOfRest = end;
      if (!some.isEmpty()) {
        visitor.host(host, some);
      }
      return looked;
    }
  }

  /**
   * What was counted of one peer since the node started, but for the first.
   *
   * @param prefixesReceived distinct prefixes that it has announced in this session, before policy
   * @param rejected prefixes that the codec or the import policy refused, but for loops
   * @param clusterLoops prefixes refused because this node is in their CLUSTER_LIST
   * @param originatorLoops prefixes refused because this node is their ORIGINATOR_ID or next hop
   * @param treatedAsWithdraw UPDATEs on that rung of RFC 7606
   */
  public record PeerCounts(
      int prefixesReceived,
      long rejected,
      long clusterLoops,
      long originatorLoops,
      long treatedAsWithdraw) {}

  /** What was counted of a peer; empty when it is not known. */
  public Optional<PeerCounts> counts(HostAddress identity) {
    return Optional.ofNullable(peers.get(identity)).map(Peer::counts);
  }

  /** Monitors a peer's session, if the monitor is open. */
  Optional<SessionListener> listen(PeerInfo first) {
    return open ? Optional.of(new SessionMonitor(first)) : Optional.empty();
  }

  /** Turns what one session receives into effects. */
  private final class SessionMonitor implements SessionListener {
    private final PeerInfo first;

    SessionMonitor(PeerInfo first) {
      this.first = first;
    }

    /** What is known of the peer may have changed since its session was made. */
    private PeerInfo info() {
      @Nullable Peer peer = peers.get(first.identity());
      return peer == null ? first : peer.info;
    }

    @Override
    public boolean wantsUpdates() {
      return wantsUpdates;
    }

    @Override
    public void up(long connection, Negotiated negotiated, byte[] sentOpen, byte[] receivedOpen) {
      seen(new MonitoringEvent.PeerUp(info(), connection, negotiated, sentOpen, receivedOpen));
    }

    @Override
    public void update(byte[] message) {
      seen(new MonitoringEvent.Update(info(), message));
    }

    @Override
    public void down(DownReason reason, byte[] notification) {
      seen(new MonitoringEvent.PeerDown(info(), reason, notification));
    }

    private void seen(MonitoringEvent what) {
      effects.add(new OverlayEffect.Monitored(what));
    }
  }
}
