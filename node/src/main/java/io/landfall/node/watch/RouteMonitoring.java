package io.landfall.node.watch;

import io.landfall.admin.metrics.MetricsSource.WatchCount;
import io.landfall.admin.metrics.QueueSize;
import io.landfall.config.WatchConfig;
import io.landfall.core.FailureText;
import io.landfall.node.ControlLoop;
import io.landfall.node.watch.MonitoredPeers.UpPeer;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.overlay.RouteMonitor;
import io.landfall.transport.TcpEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everyone who watches this node's overlay: BMP stations, MRT files, and whoever asks for a dump.
 * On the control thread, unless a method says otherwise.
 *
 * <p>Route monitoring is one way. No watcher can send anything to the overlay, hold it up, or make
 * it keep more than a named bound; UPDATEs are copied only while a station or a client wants them.
 */
public final class RouteMonitoring implements OverlayMonitor {
  private static final Logger log = LoggerFactory.getLogger("landfall.watch");

  private final WatchConfig config;
  private final RouteMonitor monitor;
  private final ControlLoop control;
  private final MonitoredPeers peers;
  private final BmpFeed feed;
  private final MrtUpdates updates;
  private final TableDumps dumps;
  private final List<BmpStation> stations = new ArrayList<>();
  private final @Nullable MrtFiles files;
  private final boolean logsUpdates;
  private boolean stopped;

  /**
   * Opens the monitor; nothing is connected to and nothing written before {@link #start}.
   *
   * @param sysDescr what runs here, for stations
   */
  public RouteMonitoring(
      WatchConfig config, RouteMonitor monitor, ControlLoop control, String sysDescr) {
    this.config = config;
    this.monitor = monitor;
    this.control = control;
    this.peers = new MonitoredPeers(monitor.config().asn(), monitor.family());
    this.feed = new BmpFeed(monitor, peers, sysDescr);
    this.updates = new MrtUpdates(monitor.config().asn());
    this.dumps = new TableDumps(monitor, peers, control, TableDumps.MAX_BYTES);
    for (WatchConfig.Station station : config.bmp()) {
      stations.add(new BmpStation(station, feed, control, this::wantWhatIsNeeded));
    }
    this.files = config.mrt().map(mrt -> new MrtFiles(mrt, control)).orElse(null);
    this.logsUpdates = config.mrt().flatMap(WatchConfig.Mrt::updates).isPresent();
    monitor.open();
    wantWhatIsNeeded();
  }

  private void wantWhatIsNeeded() {
    boolean station = anyStation();
    monitor.wantUpdates(logsUpdates || station);
    monitor.wantChanges(station);
  }

  /** Connects to the stations and begins the files. */
  public void start() {
    MrtFiles mrt = files;
    if (mrt != null) {
      mrt.start();
    }
    stations.forEach(BmpStation::connect);
    dumpTableLater();
  }

  private void dumpTableLater() {
    if (config.mrt().flatMap(WatchConfig.Mrt::table).isEmpty()) {
      return;
    }
    long interval = config.mrt().orElseThrow().rotateMillis();
    long now = control.wallMillis();
    long next = (now / interval + 1) * interval;
    control.schedule(
        TimeUnit.MILLISECONDS.toNanos(next - now),
        () -> {
          if (!stopped) {
            dumpTable();
            dumpTableLater();
          }
        });
  }

  private void dumpTable() {
    MrtFiles mrt = files;
    if (mrt != null) {
      var _ =
          dumps
              .dump()
              .whenComplete(
                  (records, failure) -> {
                    if (records != null) {
                      mrt.table(records);
                    } else {
                      log.atWarn()
                          .addKeyValue("why", FailureText.of(failure))
                          .log("mrt table not dumped");
                    }
                  });
    }
  }

  @Override
  public void seen(MonitoringEvent what, Optional<TcpEnds> ends) {
    long now = TimeUnit.MILLISECONDS.toMicros(control.wallMillis());
    switch (what) {
      case MonitoringEvent.PeerUp up -> {
        UpPeer peer = peers.add(up, ends, now);
        tell(feed.up(peer));
        append(logsUpdates ? updates.up(peer, now) : List.of());
      }
      case MonitoringEvent.Update update -> {
        UpPeer peer = peers.get(update.peer().identity());
        if (peer != null) {
          if (anyStation()) {
            tell(feed.update(peer, update.message(), now));
          }
          append(logsUpdates ? List.of(updates.update(peer, update.message(), now)) : List.of());
        }
      }
      case MonitoringEvent.PeerDown down -> {
        UpPeer peer = peers.remove(down.peer().identity());
        if (peer != null) {
          tell(feed.down(peer, down, now));
          append(logsUpdates ? updates.down(peer, down, now) : List.of());
        }
      }
    }
  }

  private boolean anyStation() {
    for (BmpStation station : stations) {
      if (station.isConnected()) {
        return true;
      }
    }
    return false;
  }

  private void tell(byte[] message) {
    for (BmpStation station : stations) {
      station.tell(message);
    }
  }

  private void append(List<byte[]> records) {
    MrtFiles mrt = files;
    if (mrt != null) {
      records.forEach(mrt::append);
    }
  }

  @Override
  public void pathsChanged(int[] ownPathIds) {
    for (BmpStation station : stations) {
      station.pathsChanged(ownPathIds);
    }
  }

  /**
   * The table as MRT (TABLE_DUMP_V2), record by record, from after this call; fails with a sentence
   * for people when there can be none. Cancel it to wait no longer. From any thread.
   */
  public CompletableFuture<List<byte[]>> tableDump() {
    return dumps.dump();
  }

  /** Says goodbye to the stations. */
  public void stop(String why) {
    stopped = true;
    stations.forEach(station -> station.stop(why));
  }

  /** Writes what waits to be written; after {@link #stop}, off the control thread. */
  public void closeFiles() {
    MrtFiles mrt = files;
    if (mrt != null) {
      mrt.close();
    }
  }

  /** How many bytes of records wait for their file; empty without files. Any thread. */
  public Optional<QueueSize> queue() {
    return Optional.ofNullable(files)
        .map(mrt -> QueueSize.of(QueueSize.MRT, mrt.queuedBytes(), MrtFiles.MAX_QUEUED_BYTES));
  }

  /** What was counted, for metrics. */
  public List<WatchCount> counts() {
    List<WatchCount> list = new ArrayList<>();
    for (BmpStation station : stations) {
      StationCounts counts = station.counts();
      list.add(new WatchCount("bmp_connected", counts.station, counts.connected ? 1 : 0));
      list.add(new WatchCount("bmp_connections", counts.station, counts.connections));
      list.add(new WatchCount("bmp_failed_attempts", counts.station, counts.failedAttempts));
      list.add(new WatchCount("bmp_disconnections", counts.station, counts.disconnections));
      list.add(new WatchCount("bmp_slow", counts.station, counts.disconnectedAsSlow));
      list.add(new WatchCount("bmp_messages", counts.station, counts.messages));
      list.add(new WatchCount("bmp_bytes", counts.station, counts.bytes));
    }
    MrtFiles mrt = files;
    if (mrt != null) {
      MrtFiles.Counts counts = mrt.counts();
      list.add(new WatchCount("mrt_records", "", counts.written()));
      list.add(new WatchCount("mrt_dropped", "", counts.dropped()));
      list.add(new WatchCount("mrt_failures", "", counts.failures()));
    }
    return list;
  }
}
