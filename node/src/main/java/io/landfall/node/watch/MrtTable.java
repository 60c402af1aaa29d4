package io.landfall.node.watch;

import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateWriter;
import io.landfall.bgp.watch.Mrt;
import io.landfall.core.HostAddress;
import io.landfall.node.watch.MonitoredPeers.UpPeer;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.HostRouteCodec;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.RouteMonitor;
import io.landfall.overlay.RouteMonitor.MonitoredPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One dump of the table as MRT records (TABLE_DUMP_V2), a slice at a time. Pure but for the monitor
 * that it reads.
 *
 * <p>The first peer of the index is this node itself, with the address 0.0.0.0, as other daemons
 * have it. A peer that came up after the dump began is not in the index, so its paths are left to
 * the next dump. Paths of peers with add-path are in records of their own (RFC 8050 section 4.3).
 */
final class MrtTable {
  /**
   * Paths in one slice; a host with more has as many records as slices. No more than a record may
   * have ({@link Mrt#MOST_ENTRIES}).
   */
  static final int SLICE_PATHS = 1_024;

  private static final int SELF = 0;

  /**
   * When the dump began.
   *
   * @param micros microseconds since 1970
   * @param nanos the same moment by the monotonic clock
   */
  record DumpTime(long micros, long nanos) {}

  private final RouteMonitor monitor;
  private final DumpTime began;
  private final HostRouteCodec codec;
  private final UpdateWriter<HostAddress> writer;
  private final Map<HostAddress, Integer> indexOf = new HashMap<>();
  private final List<UpPeer> peers;
  private final RouteMonitor.Walk walk;
  private boolean begun;
  private int sequence;

  MrtTable(RouteMonitor monitor, MonitoredPeers watched, DumpTime began) {
    this.monitor = monitor;
    this.walk = monitor.walk();
    this.began = began;
    OverlaySettings config = monitor.config();
    this.codec = new HostRouteCodec(config.block());
    this.writer =
        new UpdateWriter<>(config.asn(), codec, monitor.family(), UpdateWriter.PathIds.ABSENT);
    List<UpPeer> all = watched.all();
    this.peers = all.subList(0, Math.min(all.size(), Mrt.MOST_PEERS - 1));
    for (int i = 0; i < peers.size(); i++) {
      indexOf.put(peers.get(i).info().identity(), 1 + i);
    }
  }

  boolean hasMore() {
    return !begun || walk.hasMore();
  }

  /** The next records. */
  List<byte[]> slice() {
    List<byte[]> records = new ArrayList<>();
    if (!begun) {
      begun = true;
      records.add(index());
    }
    // Written once for each set of attributes in a slice; a set is one object.
    IdentityHashMap<PathAttributes, byte[]> written = new IdentityHashMap<>();
    walk.slice(SLICE_PATHS, (host, paths) -> host(host, paths, written, records));
    return records;
  }

  private byte[] index() {
    OverlaySettings config = monitor.config();
    int ownId = BgpIdentifier.of(config.identity());
    List<Mrt.IndexedPeer> list = new ArrayList<>();
    list.add(new Mrt.IndexedPeer(ownId, MonitoredPeers.UNKNOWN, config.asn()));
    for (UpPeer peer : peers) {
      list.add(
          new Mrt.IndexedPeer(peer.header().id(), peer.opening().remote().address(), config.asn()));
    }
    return Mrt.peerIndexTable(began.micros(), ownId, config.name().value(), list);
  }

  private void host(
      HostAddress host,
      List<MonitoredPath> paths,
      IdentityHashMap<PathAttributes, byte[]> written,
      List<byte[]> records) {
    List<Mrt.Entry> plain = new ArrayList<>();
    List<Mrt.Entry> withPathIds = new ArrayList<>();
    for (MonitoredPath path : paths) {
      int index = path.from().map(from -> indexOf.getOrDefault(from, -1)).orElse(SELF);
      if (index < 0) {
        continue;
      }
      List<Mrt.Entry> entries =
          index != SELF && peers.get(index - 1).addPath() ? withPathIds : plain;
      long agoNanos = began.nanos() - path.learnedAtNanos();
      long sinceMicros = began.micros() - TimeUnit.NANOSECONDS.toMicros(agoNanos);
      byte[] attributes =
          written.computeIfAbsent(path.attributes(), _ -> writer.mrtAttributes(path.attributes()));
      entries.add(
          new Mrt.Entry(
              index,
              (int) TimeUnit.MICROSECONDS.toSeconds(sinceMicros),
              path.receivedPathId(),
              attributes));
    }
    Mrt.PrefixBytes prefix =
        new Mrt.PrefixBytes(monitor.family(), codec.lengthBits(host), host.bytes());
    if (!plain.isEmpty()) {
      records.add(Mrt.rib(began.micros(), sequence++, prefix, false, plain));
    }
    if (!withPathIds.isEmpty()) {
      records.add(Mrt.rib(began.micros(), sequence++, prefix, true, withPathIds));
    }
  }
}
