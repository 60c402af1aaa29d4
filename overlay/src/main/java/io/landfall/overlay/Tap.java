package io.landfall.overlay;

import io.landfall.bgp.Family;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.SessionWatcher;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where a watcher listens in: what sessions hear comes out of it as {@link OverlayEffect.Seen}, and
 * the table is read through it a slice at a time. It changes nothing.
 *
 * <p>A tap that was never opened costs a session one comparison for each UPDATE. One that is open
 * and wants no UPDATEs costs what a session costs to come up and go down.
 */
public final class Tap {
  /** Hosts looked at in one slice at most, so that an empty part of a large block ends too. */
  private static final int HOSTS_PER_SLICE = 131_072;

  private final OverlayConfig config;
  private final Rib rib;
  private final Peers peers;
  private final NextHops nextHops;
  private final Effects effects;
  private boolean open;
  private boolean wantsUpdates;

  Tap(OverlayConfig config, Rib rib, Peers peers, NextHops nextHops, Effects effects) {
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

  /** What the overlay was told it is. */
  public OverlayConfig config() {
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
   * @param from the peer that told it; empty when this node originates it
   * @param receivedPathId the identifier it came with (RFC 7911)
   * @param ownPathId an identifier that no other path has here while this one is in the table
   * @param attributes its attributes; two paths have the same exactly when this is one object
   * @param learnedAtNanos when it was learned or last changed, monotonic
   */
  public record WatchedPath(
      Optional<HostAddress> from,
      int receivedPathId,
      int ownPathId,
      PathAttributes attributes,
      long learnedAtNanos) {}

  /** Takes one host and its paths; {@code usable} are those whose next hop is usable. */
  public interface Visitor {
    /** A host that has at least one path. */
    void host(HostAddress host, List<WatchedPath> paths, List<WatchedPath> usable);
  }

  /**
   * Shows the hosts from an offset on until they had as many paths as the budget says.
   *
   * @return the offset to go on from; empty when the table is at its end
   */
  public OptionalInt walk(int fromOffset, int budgetPaths, Visitor visitor) {
    long end = Math.min(config.block().size(), (long) fromOffset + HOSTS_PER_SLICE);
    int left = budgetPaths;
    int offset = fromOffset;
    while (offset < end && left > 0) {
      left -= visit(offset, visitor);
      offset++;
    }
    return offset < config.block().size() ? OptionalInt.of(offset) : OptionalInt.empty();
  }

  /** Shows one host; nothing is shown when it has no path. */
  public int visit(int offset, Visitor visitor) {
    Host host = rib.host(offset);
    if (host == null || host.livePaths == 0) {
      return 0;
    }
    List<WatchedPath> all = new ArrayList<>(host.livePaths);
    List<WatchedPath> usable = new ArrayList<>(host.livePaths);
    for (Path path : BestPath.inOrder(host, nextHops)) {
      WatchedPath shown =
          new WatchedPath(
              path.from.local ? Optional.empty() : Optional.of(path.from.identity),
              path.pathId,
              path.outId,
              path.attributes.received,
              path.learnedAtNanos);
      all.add(shown);
      if (nextHops.isUsable(path.attributes.nextHop.offset())) {
        usable.add(shown);
      }
    }
    visitor.host(host.address, all, usable);
    return all.size();
  }

  /**
   * What was counted of one peer since the node started, but for the first.
   *
   * @param prefixesHeard distinct prefixes that it has announced in this session, before policy
   * @param rejected prefixes that the codec or the import policy refused, but for loops
   * @param clusterLoops prefixes refused because this node is in their CLUSTER_LIST
   * @param originatorLoops prefixes refused because this node is their ORIGINATOR_ID or next hop
   * @param treatedAsWithdraw UPDATEs on that rung of RFC 7606
   */
  public record PeerCounts(
      int prefixesHeard,
      long rejected,
      long clusterLoops,
      long originatorLoops,
      long treatedAsWithdraw) {}

  /** What was counted of a peer; empty when it is not known. */
  public Optional<PeerCounts> counts(HostAddress identity) {
    return Optional.ofNullable(peers.get(identity)).map(Peer::counts);
  }

  /** Listens to a peer's session, if the tap is open. */
  Optional<SessionWatcher> listen(PeerInfo first) {
    return open ? Optional.of(new Ear(first)) : Optional.empty();
  }

  /** Turns what one session hears into effects. */
  private final class Ear implements SessionWatcher {
    private final PeerInfo first;

    Ear(PeerInfo first) {
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
      seen(new Watched.Up(info(), connection, negotiated, sentOpen, receivedOpen));
    }

    @Override
    public void update(byte[] message) {
      seen(new Watched.Update(info(), message));
    }

    @Override
    public void down(DownReason reason, byte[] notification) {
      seen(new Watched.Down(info(), reason, notification));
    }

    private void seen(Watched what) {
      effects.add(new OverlayEffect.Seen(what));
    }
  }
}
