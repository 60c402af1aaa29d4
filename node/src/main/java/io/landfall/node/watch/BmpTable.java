package io.landfall.node.watch;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.bgp.UpdateWriter;
import io.landfall.bgp.watch.Bmp;
import io.landfall.bgp.watch.BmpPeer;
import io.landfall.core.HostAddress;
import io.landfall.node.watch.MonitoredPeers.UpPeer;
import io.landfall.overlay.HostRouteCodec;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.RouteMonitor.MonitoredPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How far one station has come with the table, and what it is to be sent next; a slice at a time,
 * so that neither the control thread nor the station's buffer has to take a whole table at once.
 *
 * <p>First comes the dump, path by path: the Adj-RIB-In of every peer and the Loc-RIB, then
 * End-of-RIB for each. UPDATEs of peers go to the station as they come meanwhile; since a slice
 * shows the table as it is at that moment, the last word on a route is always the right one. The
 * Adj-RIB-In is kept for accepted routes only, so the dump shows those; a route that was refused
 * shows when its peer advertises it.
 *
 * <p>The Loc-RIB is every usable path of every host, told apart by path identifiers (RFC 7911): all
 * of them are of use here, and RFC 9069 has add-path for it. What was sent is remembered per path,
 * so that only differences are sent. A path that changed is marked, and sent when the station takes
 * bytes; one that changed a hundred times meanwhile is sent once. Nothing here asks how many paths
 * a host has: one path costs the same wherever it is.
 */
final class BmpTable {
  /** What one slice may cost: 1 a path, and for each message what {@link #costOf} says. */
  static final int SLICE_COST = 2_048;

  /** A message costs as much as so many paths in one that is written anyway. */
  private static final int MESSAGE_COST = 4;

  private static final int SMALLEST = 64;

  private final BmpFeed feed;
  private final UpdateWriter<HostAddress> plain;
  private final UpdateWriter<HostAddress> withPathIds;

  /** By {@link MonitoredPath#ownPathId}, as everything that follows. */
  private final BitSet changed = new BitSet();

  /** Where the next look at what changed begins, so that none waits for those before it. */
  private int changedFrom;

  private @Nullable HostAddress[] toldHost = new HostAddress[SMALLEST];
  private @Nullable PathAttributes[] toldAttributes = new PathAttributes[SMALLEST];
  private OptionalInt cursor = OptionalInt.of(0);

  BmpTable(BmpFeed feed) {
    this.feed = feed;
    OverlaySettings config = feed.monitor().config();
    HostRouteCodec codec = new HostRouteCodec(config.block());
    this.plain =
        new UpdateWriter<>(
            config.asn(), codec, feed.monitor().family(), UpdateWriter.PathIds.ABSENT);
    this.withPathIds =
        new UpdateWriter<>(
            config.asn(), codec, feed.monitor().family(), UpdateWriter.PathIds.PRESENT);
  }

  /** These paths are others now, or gone. */
  void changed(int[] ownPathIds) {
    for (int id : ownPathIds) {
      changed.set(id);
    }
  }

  /** Whether a slice would send anything. */
  boolean hasMore() {
    return cursor.isPresent() || !changed.isEmpty();
  }

  /** The next messages; the dump first. */
  List<byte[]> slice(long nowMicros) {
    return cursor.isPresent() ? dump(cursor.getAsInt(), nowMicros) : changes(nowMicros);
  }

  private List<byte[]> dump(int from, long nowMicros) {
    Groups adjRibIn = new Groups();
    Groups locRib = new Groups();
    List<Nlri<HostAddress>> gone = new ArrayList<>();
    cursor =
        feed.monitor()
            .walkPaths(
                from,
                path -> {
                  changed.clear(path.ownPathId());
                  UpPeer peer = path.from().map(feed.peers()::get).orElse(null);
                  if (peer != null) {
                    int id = peer.addPath() ? path.receivedPathId() : 0;
                    adjRibIn.add(peer.header(), peer.addPath(), path, new Nlri<>(path.host(), id));
                  }
                  tell(path.ownPathId(), Optional.of(path), locRib, gone);
                  return adjRibIn.cost + locRib.cost < SLICE_COST;
                });
    List<byte[]> messages = new ArrayList<>();
    adjRibIn.write(messages, nowMicros);
    withdraw(gone, messages, nowMicros);
    locRib.write(messages, nowMicros);
    if (cursor.isEmpty()) {
      for (UpPeer peer : feed.peers().all()) {
        messages.add(Bmp.routeMonitoring(peer.header(), nowMicros, plain.endOfRib()));
      }
      messages.add(Bmp.routeMonitoring(feed.locRib(), nowMicros, plain.endOfRib()));
    }
    return messages;
  }

  private List<byte[]> changes(long nowMicros) {
    Groups locRib = new Groups();
    List<Nlri<HostAddress>> gone = new ArrayList<>();
    int looked = 0;
    int id = nextChanged();
    while (id >= 0 && looked + locRib.cost < SLICE_COST) {
      changed.clear(id);
      changedFrom = id + 1;
      looked++;
      tell(id, feed.monitor().path(id), locRib, gone);
      id = nextChanged();
    }
    List<byte[]> messages = new ArrayList<>();
    withdraw(gone, messages, nowMicros);
    locRib.write(messages, nowMicros);
    return messages;
  }

  private int nextChanged() {
    int next = changed.nextSetBit(changedFrom);
    return next >= 0 ? next : changed.nextSetBit(0);
  }

  /** Collects in what way a path differs from what was sent under its identifier. */
  private void tell(
      int id, Optional<MonitoredPath> path, Groups news, List<Nlri<HostAddress>> gone) {
    HostAddress host = path.filter(MonitoredPath::usable).map(MonitoredPath::host).orElse(null);
    if (id >= toldHost.length) {
      toldHost = Arrays.copyOf(toldHost, 2 * id);
      toldAttributes = Arrays.copyOf(toldAttributes, 2 * id);
    }
    HostAddress hostBefore = toldHost[id];
    PathAttributes before = toldAttributes[id];
    // An identifier is given anew when its path is gone: then it is another host's.
    if (hostBefore != null && !hostBefore.equals(host)) {
      gone.add(new Nlri<>(hostBefore, id));
      before = null;
    }
    toldHost[id] = host;
    toldAttributes[id] = host == null ? null : path.orElseThrow().attributes();
    if (host != null && !path.orElseThrow().attributes().equals(before)) {
      news.add(feed.locRib(), true, path.orElseThrow(), new Nlri<>(host, id));
    }
  }

  /** What writing these attributes once costs. */
  private static int costOf(PathAttributes attributes) {
    int items =
        attributes.asPath().size()
            + attributes.reflection().clusterList().size()
            + attributes.communities().standard().size()
            + attributes.communities().large().size();
    return MESSAGE_COST + items / 2;
  }

  private void withdraw(List<Nlri<HostAddress>> gone, List<byte[]> messages, long nowMicros) {
    if (!gone.isEmpty()) {
      UpdateMessage<HostAddress> update =
          new UpdateMessage<>(gone, List.of(), Optional.empty(), List.of(), Optional.empty());
      for (byte[] bytes : withPathIds.write(update)) {
        messages.add(Bmp.routeMonitoring(feed.locRib(), nowMicros, bytes));
      }
    }
  }

  /** Routes of one peer with one set of attributes, which fit into one message. */
  private record Group(
      BmpPeer peer, boolean addPath, PathAttributes attributes, List<Nlri<HostAddress>> routes) {}

  /** Routes by peer and attributes; a set of attributes is one object, so no bytes are compared. */
  private final class Groups {
    private final List<Group> inOrder = new ArrayList<>();
    private final IdentityHashMap<PathAttributes, List<Group>> byAttributes =
        new IdentityHashMap<>();
    private int cost;

    void add(BmpPeer peer, boolean addPath, MonitoredPath path, Nlri<HostAddress> route) {
      cost++;
      List<Group> same = byAttributes.computeIfAbsent(path.attributes(), _ -> new ArrayList<>(1));
      for (Group group : same) {
        if (group.peer().equals(peer)) {
          group.routes().add(route);
          return;
        }
      }
      Group group = new Group(peer, addPath, path.attributes(), new ArrayList<>());
      group.routes().add(route);
      same.add(group);
      cost += costOf(path.attributes());
      inOrder.add(group);
    }

    void write(List<byte[]> messages, long nowMicros) {
      for (Group group : inOrder) {
        UpdateMessage<HostAddress> update =
            new UpdateMessage<>(
                List.of(),
                group.routes(),
                Optional.of(group.attributes()),
                List.of(),
                Optional.empty());
        for (byte[] bytes : (group.addPath() ? withPathIds : plain).write(update)) {
          messages.add(Bmp.routeMonitoring(group.peer(), nowMicros, bytes));
        }
      }
    }
  }
}
