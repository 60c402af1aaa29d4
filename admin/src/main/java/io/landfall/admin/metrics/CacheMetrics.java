package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metrics of the cache; a node that caches no service has none of them. */
final class CacheMetrics {
  static final Map<String, String> GAUGES = new LinkedHashMap<>();
  static final Map<String, String> COUNTERS = new LinkedHashMap<>();

  static {
    GAUGES.put("memory_limit_bytes", "Memory that the cache may take.");
    GAUGES.put("memory_used_bytes", "Memory of what is stored, being fetched or still being sent.");
    GAUGES.put("fetches_in_progress", "Requests of the cache that are under way.");
    GAUGES.put("stored_keys", "Keys with at least one stored response.");
    GAUGES.put("stored_bytes", "Memory that a service takes of the cache.");
    GAUGES.put("budget_bytes", "Memory that a service may take of the cache.");
    GAUGES.put("cold", "1 while the cache of a service is cold, so that warm sites are asked.");
    GAUGES.put("hit_ratio", "Hits of all hits and misses since the start; none before the first.");
    COUNTERS.put("filled_objects", "Responses that were stored, the same ones again included.");
    COUNTERS.put("filled_bytes", "Bytes of their bodies.");
    COUNTERS.put("emptied", "Purges that left nothing of a service.");
    GAUGES.put("disk_working", "1 if the disk is read and written, 0 if not, or not yet.");
    GAUGES.put("disk_responses", "Responses that the disk's index has.");
    GAUGES.put("disk_bytes", "What the disk's segments take.");
    GAUGES.put("disk_limit_bytes", "What they may take.");
    GAUGES.put("disk_index_bytes", "Memory that the disk's index takes.");
    COUNTERS.put("disk_found", "Lookups on disk that found a response.");
    COUNTERS.put("disk_not_found", "Lookups on disk that found none, or not in time.");
    COUNTERS.put("disk_reads_refused", "Reads that did not begin, as too many waited.");
    COUNTERS.put("disk_reads_late", "Reads that did not end in time.");
    COUNTERS.put("disk_damaged", "Records that were not as they had been written.");
    COUNTERS.put("disk_stored", "Responses that were written.");
    COUNTERS.put("disk_stored_bytes", "Bytes of those.");
    COUNTERS.put(
        "disk_not_stored", "Responses that were not written: too much waited, or it failed.");
    COUNTERS.put("disk_errors", "Reads and writes that failed.");
    COUNTERS.put("hits", "Requests answered from the store.");
    COUNTERS.put("stale_hits", "Of these, those answered with a stale response.");
    COUNTERS.put("misses", "Requests that went towards the origin, or waited for what did.");
    COUNTERS.put("bypasses", "Requests that the cache was not asked for.");
    COUNTERS.put("collapsed", "Misses that got the response to another request.");
    COUNTERS.put("fetches", "Requests of the cache itself.");
    COUNTERS.put("fetches_broken", "Of these, those without a whole response.");
    COUNTERS.put("fetches_unstored", "Of these, those whose response was not stored.");
    COUNTERS.put("freshened", "Stored responses that the origin said are right.");
    COUNTERS.put("variants_made", "Variants in further codings that were made.");
    COUNTERS.put("variants_not_made", "Variants that were too long, found no room, or failed.");
    COUNTERS.put("compression_seconds", "Time that making them took.");
    COUNTERS.put("coded_answers", "Requests answered with one of them.");
    COUNTERS.put("coded_saved_bytes", "Bytes that those had less to send.");
    COUNTERS.put("evictions", "Keys that had to go for others.");
  }

  private CacheMetrics() {}

  static void addTo(MetricSnapshots.Builder all, List<MetricsSource.CacheCount> counts) {
    GAUGES.forEach(
        (what, help) -> {
          GaugeSnapshot.Builder gauge =
              GaugeSnapshot.builder().name("landfall_cache_" + what).help(help);
          boolean any = false;
          for (MetricsSource.CacheCount count : counts) {
            if (count.what().equals(what)) {
              any = true;
              gauge.dataPoint(MetricsText.gauge(count.count(), labels(count)));
            }
          }
          if (any) {
            all.metricSnapshot(gauge.build());
          }
        });
    COUNTERS.forEach(
        (what, help) -> {
          CounterSnapshot.Builder counter =
              CounterSnapshot.builder().name("landfall_cache_" + what).help(help);
          boolean any = false;
          for (MetricsSource.CacheCount count : counts) {
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

  private static Labels labels(MetricsSource.CacheCount count) {
    if (!count.disk().isEmpty()) {
      return Labels.of("disk", count.disk());
    }
    return count.service().isEmpty() ? Labels.EMPTY : Labels.of("service", count.service());
  }
}
