package io.landfall.node;

import io.landfall.admin.metrics.MetricsSource.CacheCount;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheViews;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What is known of the cache, in the words of metrics. */
final class CacheCounts {
  private static final double NANOS_PER_SECOND = 1e9;

  private CacheCounts() {}

  /**
   * The counts; none if no service is cached.
   *
   * @param isCold whether the cache of a service is cold
   */
  static List<CacheCount> of(CacheViews cache, Predicate<ServiceName> isCold) {
    List<CacheCount> counts = new ArrayList<>();
    if (cache.services().isEmpty()) {
      return counts;
    }
    counts.add(new CacheCount("memory_limit_bytes", "", cache.memoryBytes()));
    counts.add(new CacheCount("memory_used_bytes", "", cache.usedBytes()));
    counts.add(new CacheCount("fetches_in_progress", "", cache.fills()));
    for (CacheViews.Service each : cache.services()) {
      String service = each.name().value();
      counts.add(new CacheCount("stored_keys", service, each.stored().keys()));
      counts.add(new CacheCount("stored_bytes", service, each.stored().bytes()));
      counts.add(new CacheCount("budget_bytes", service, each.stored().budgetBytes()));
      counts.add(new CacheCount("cold", service, isCold.test(each.name()) ? 1 : 0));
      counts.add(new CacheCount("filled_objects", service, each.filled().objects()));
      counts.add(new CacheCount("filled_bytes", service, each.filled().bytes()));
      counts.add(new CacheCount("emptied", service, each.filled().emptied()));
      counts.add(new CacheCount("evictions", service, each.stored().evictions()));
      counts.add(new CacheCount("hits", service, each.requests().hits()));
      counts.add(new CacheCount("stale_hits", service, each.requests().staleHits()));
      long asked = each.requests().hits() + each.requests().misses();
      if (asked > 0) {
        counts.add(new CacheCount("hit_ratio", service, (double) each.requests().hits() / asked));
      }
      counts.add(new CacheCount("misses", service, each.requests().misses()));
      counts.add(new CacheCount("bypasses", service, each.requests().bypasses()));
      counts.add(new CacheCount("collapsed", service, each.requests().collapsed()));
      counts.add(new CacheCount("fetches", service, each.fetches().begun()));
      counts.add(new CacheCount("fetches_broken", service, each.fetches().broken()));
      counts.add(new CacheCount("fetches_unstored", service, each.fetches().unstored()));
      counts.add(new CacheCount("freshened", service, each.fetches().freshened()));
      coded(each.coded(), service, counts);
    }
    for (CacheDiskView each : cache.disks()) {
      disk(each, counts);
    }
    return counts;
  }

  private static void coded(CacheViews.Coded coded, String service, List<CacheCount> counts) {
    counts.add(new CacheCount("variants_made", service, coded.made()));
    counts.add(new CacheCount("variants_not_made", service, coded.notMade()));
    double seconds = coded.nanos() / NANOS_PER_SECOND;
    counts.add(new CacheCount("compression_seconds", service, seconds));
    counts.add(new CacheCount("coded_answers", service, coded.answers()));
    counts.add(new CacheCount("coded_saved_bytes", service, coded.savedBytes()));
  }

  private static void disk(CacheDiskView disk, List<CacheCount> counts) {
    boolean works = disk.state() == CacheDiskView.State.WORKING;
    Map<String, Long> all = new LinkedHashMap<>();
    all.put("disk_working", works ? 1L : 0L);
    all.put("disk_responses", disk.content().responses());
    all.put("disk_bytes", disk.content().bytes());
    all.put("disk_limit_bytes", disk.content().mostBytes());
    all.put("disk_index_bytes", disk.content().indexBytes());
    all.put("disk_found", disk.reads().found());
    all.put("disk_not_found", disk.reads().missed());
    all.put("disk_reads_refused", disk.reads().refused());
    all.put("disk_reads_late", disk.reads().late());
    all.put("disk_damaged", disk.reads().damaged());
    all.put("disk_stored", disk.writes().stored());
    all.put("disk_stored_bytes", disk.writes().bytes());
    all.put("disk_not_stored", disk.writes().refused());
    all.put("disk_errors", disk.errors());
    all.forEach((what, count) -> counts.add(CacheCount.ofDisk(what, disk.path(), count)));
  }
}
