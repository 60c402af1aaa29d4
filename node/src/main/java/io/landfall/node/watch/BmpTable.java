package io.landfall.node.watch;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.bgp.UpdateWriter;
import io.landfall.bgp.watch.Bmp;
import io.landfall.bgp.watch.BmpPeer;
import io.landfall.core.HostAddress;
import io.landfall.node.watch.WatchedPeers.UpPeer;
import io.landfall.overlay.HostRouteCodec;
import io.landfall.overlay.OverlayConfig;
import io.landfall.overlay.Tap.WatchedPath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How far one station has come with the table, and what it is to be told next; a slice at a time,
 * so that neither the control thread nor the station's buffer has to take a whole table at once.
 *
 * <p>First comes the dump: from the lowest host to the highest, the Adj-RIB-In of every peer and
 * the Loc-RIB, then End-of-RIB for each. UPDATEs of peers go to the station as they come meanwhile;
 * since a slice shows the table as it is at that moment, the last word on a route is always the
 * right one. The Adj-RIB-In is kept for accepted routes only, so the dump shows those; a route that
 * was refused shows when its peer says it.
 *
 * <p>The Loc-RIB is every usable path of every host, told apart by path identifiers (RFC 7911): all
 * of them are of use here, and RFC 9069 has add-path for it. What was told is remembered per host,
 * so that only differences are told. A host that changed is marked, and told when the station takes
 * bytes; one that changed a hundred times meanwhile is told once.
 */
final class BmpTable {
  /** Paths in one slice. */
  static final int SLICE_PATHS = 2_048;

  private final BmpFeed feed;
  private final OverlayConfig config;
  private final UpdateWriter<HostAddress> plain;
  private final UpdateWriter<HostAddress> withPathIds;
  private final BitSet changed = new BitSet();
  private final Map<Integer, List<WatchedPath>> told = new HashMap<>();
  private OptionalInt cursor = OptionalInt.of(0);

  BmpTable(BmpFeed feed) {
    this.feed = feed;
    this.config = feed.tap().config();
    HostRouteCodec codec = new HostRouteCodec(config.block());
    this.plain = new UpdateWriter<>(config.asn(), codec, feed.tap().family(), false);
    this.withPathIds = new UpdateWriter<>(config.asn(), codec, feed.tap().family(), true);
  }

  /** These hosts have other paths now. */
  void changed(int[] offsets) {
    for (int offset : offsets) {
      changed.set(offset);
    }
  }

  /** Whether a slice would tell anything. */
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
        feed.tap()
            .walk(
                from,
                SLICE_PATHS,
                (host, paths, usable) -> {
                  changed.clear(host.offset());
                  for (WatchedPath path : paths) {
                    UpPeer peer = path.from().map(feed.peers()::get).orElse(null);
                    if (peer != null) {
                      int id = peer.addPath() ? path.receivedPathId() : 0;
                      adjRibIn.add(peer.header(), peer.addPath(), path, new Nlri<>(host, id));
                    }
                  }
                  tell(host, usable, locRib, gone);
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
    int left = SLICE_PATHS;
    for (int at = changed.nextSetBit(0); at >= 0 && left > 0; at = changed.nextSetBit(at + 1)) {
      changed.clear(at);
      int shown = feed.tap().visit(at, (host, paths, usable) -> tell(host, usable, locRib, gone));
      if (shown == 0) {
        tell(config.block().host(at), List.of(), locRib, gone);
      }
      left -= 1 + shown;
    }
    List<byte[]> messages = new ArrayList<>();
    withdraw(gone, messages, nowMicros);
    locRib.write(messages, nowMicros);
    return messages;
  }

  /** Collects in what way a host's usable paths differ from what was told of them. */
  private void tell(
      HostAddress host, List<WatchedPath> usable, Groups news, List<Nlri<HostAddress>> gone) {
    List<WatchedPath> before =
        usable.isEmpty()
            ? told.remove(host.offset())
            : told.put(host.offset(), List.copyOf(usable));
    List<WatchedPath> known = before == null ? List.of() : before;
    for (WatchedPath path : known) {
      if (find(usable, path.ownPathId()) == null) {
        gone.add(new Nlri<>(host, path.ownPathId()));
      }
    }
    for (WatchedPath path : usable) {
      WatchedPath old = find(known, path.ownPathId());
      if (old == null || !old.attributes().equals(path.attributes())) {
        news.add(feed.locRib(), true, path, new Nlri<>(host, path.ownPathId()));
      }
    }
  }

  private static @Nullable WatchedPath find(List<WatchedPath> paths, int ownPathId) {
    for (WatchedPath path : paths) {
      if (path.ownPathId() == ownPathId) {
        return path;
      }
    }
    return null;
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

    void add(BmpPeer peer, boolean addPath, WatchedPath path, Nlri<HostAddress> route) {
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
