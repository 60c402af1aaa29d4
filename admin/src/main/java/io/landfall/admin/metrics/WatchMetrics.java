package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metrics of those who watch; a node without watchers has none of them. */
final class WatchMetrics {
  private static final String CONNECTED = "bmp_connected";
  static final Map<String, String> COUNTERS = new LinkedHashMap<>();

  static {
    COUNTERS.put("bmp_connections", "Connections to a BMP station that came up.");
    COUNTERS.put("bmp_failed_attempts", "Attempts to reach a BMP station that failed.");
    COUNTERS.put("bmp_disconnections", "Connections to a BMP station that ended.");
    COUNTERS.put("bmp_slow", "Of these, those that ended because the station read too slowly.");
    COUNTERS.put("bmp_messages", "BMP messages written.");
    COUNTERS.put("bmp_bytes", "Bytes of BMP messages written.");
    COUNTERS.put("mrt_records", "MRT records written to files.");
    COUNTERS.put("mrt_dropped", "MRT records lost: the queue was full or the file failed.");
    COUNTERS.put("mrt_failures", "How often an MRT file could not be written.");
  }

  private WatchMetrics() {}

  static void addTo(MetricSnapshots.Builder all, List<MetricsSource.WatchCount> counts) {
    GaugeSnapshot.Builder connected =
        GaugeSnapshot.builder()
            .name("landfall_watch_bmp_connected")
            .help("1 while a BMP station is connected, else 0.");
    boolean anyStation = false;
    for (MetricsSource.WatchCount count : counts) {
      if (count.what().equals(CONNECTED)) {
        anyStation = true;
        connected.dataPoint(MetricsText.gauge(count.count(), labels(count)));
      }
    }
    if (anyStation) {
      all.metricSnapshot(connected.build());
    }
    COUNTERS.forEach(
        (what, help) -> {
          CounterSnapshot.Builder counter =
              CounterSnapshot.builder().name("landfall_watch_" + what).help(help);
          boolean any = false;
          for (MetricsSource.WatchCount count : counts) {
            if (count.what().equals(what)) {
              any = true;
              counter.dataPoint(MetricsText.counter(count.count(), labels(count)));
            }
          }
          if (any) {
            all.metricSnapshot(counter.build());
          }
        });
  }

  private static Labels labels(MetricsSource.WatchCount count) {
    return count.station().isEmpty() ? Labels.EMPTY : Labels.of("station", count.station());
  }
}
