package io.landfall.node.watch;

import io.landfall.bgp.UpdateWriter;
import io.landfall.bgp.watch.Bmp;
import io.landfall.bgp.watch.BmpPeer;
import io.landfall.bgp.watch.BmpStatistic;
import io.landfall.core.HostAddress;
import io.landfall.node.watch.MonitoredPeers.UpPeer;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.RouteMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stations are sent, as bytes; pure but for the monitor that it reads. Messages that are the
 * same for every station are made once, here; how far a station has come with the table is in its
 * own {@link BmpTable}.
 */
final class BmpFeed {
  /** The table's name (RFC 9069 section 4.3): there is one. */
  private static final String TABLE = "overlay";

  private final RouteMonitor monitor;
  private final MonitoredPeers peers;
  private final String sysDescr;
  private final BmpPeer locRib;

  /** A feed from this monitor; {@code sysDescr} names what runs here. */
  BmpFeed(RouteMonitor monitor, MonitoredPeers peers, String sysDescr) {
    this.monitor = monitor;
    this.peers = peers;
    this.sysDescr = sysDescr;
    this.locRib = BmpPeer.locRib(monitor.config().asn(), ownId());
  }

  private int ownId() {
    return BgpIdentifier.of(monitor.config().identity());
  }

  RouteMonitor monitor() {
    return monitor;
  }

  MonitoredPeers peers() {
    return peers;
  }

  BmpPeer locRib() {
    return locRib;
  }

  /** What a station gets first: who sends, that there is a Loc-RIB, and who is up. */
  List<byte[]> beginning(long nowMicros) {
    OverlaySettings config = monitor.config();
    List<byte[]> messages = new ArrayList<>();
    messages.add(Bmp.initiation(config.name().value(), sysDescr));
    byte[] open = UpdateWriter.inventedOpen(config.asn(), ownId(), monitor.family(), true);
    messages.add(Bmp.locRibUp(locRib, nowMicros, open, TABLE));
    for (UpPeer peer : peers.all()) {
      messages.add(up(peer));
    }
    return messages;
  }

  /** That a session came up. */
  byte[] up(UpPeer peer) {
    return Bmp.peerUp(peer.header(), peer.upMicros(), peer.opening());
  }

  /** That a session ended, with its last words. */
  byte[] down(UpPeer peer, MonitoringEvent.PeerDown down, long nowMicros) {
    return Bmp.peerDown(peer.header(), nowMicros, down.reason(), down.notification());
  }

  /** An UPDATE as it came. */
  byte[] update(UpPeer peer, byte[] message, long nowMicros) {
    return Bmp.routeMonitoring(peer.header(), nowMicros, message);
  }

  /** Statistics of every session that is up, and of the table. */
  List<byte[]> statistics(long nowMicros) {
    List<byte[]> messages = new ArrayList<>();
    for (UpPeer peer : peers.all()) {
      Optional<RouteMonitor.PeerCounts> counts = monitor.counts(identity(peer));
      counts.ifPresent(c -> messages.add(Bmp.statistics(peer.header(), nowMicros, statistics(c))));
    }
    List<BmpStatistic> table =
        List.of(
            new BmpStatistic.Gauge(BmpStatistic.LOC_RIB_ROUTES, monitor.pathCount()),
            new BmpStatistic.FamilyGauge(
                BmpStatistic.FAMILY_LOC_RIB_ROUTES, monitor.family(), monitor.pathCount()));
    messages.add(Bmp.statistics(locRib, nowMicros, table));
    return messages;
  }

  private static HostAddress identity(UpPeer peer) {
    return peer.info().identity();
  }

  private List<BmpStatistic> statistics(RouteMonitor.PeerCounts counts) {
    return List.of(
        new BmpStatistic.Counter(BmpStatistic.REJECTED_BY_POLICY, counts.rejected()),
        new BmpStatistic.Counter(BmpStatistic.CLUSTER_LIST_LOOP, counts.clusterLoops()),
        new BmpStatistic.Counter(BmpStatistic.ORIGINATOR_ID_LOOP, counts.originatorLoops()),
        new BmpStatistic.Counter(BmpStatistic.TREAT_AS_WITHDRAW, counts.treatedAsWithdraw()),
        new BmpStatistic.Gauge(BmpStatistic.ADJ_RIB_IN_ROUTES, counts.prefixesReceived()),
        new BmpStatistic.FamilyGauge(
            BmpStatistic.FAMILY_ADJ_RIB_IN_ROUTES, monitor.family(), counts.prefixesReceived()));
  }
}
