package io.landfall.node;

import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.CacheUrlReport;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.StoredView;
import java.util.Locale;
import java.util.Optional;

/** What the edge's cache has, in the words of admin. */
final class CacheRows {
  private CacheRows() {}

  /** A disk. */
  static CacheReport.Disk disk(CacheDiskView disk) {
    return new CacheReport.Disk(
        disk.path(),
        words(disk.state()),
        disk.why().isEmpty() ? Optional.empty() : Optional.of(disk.why()),
        new CacheReport.Content(
            disk.content().responses(),
            disk.content().bytes(),
            disk.content().mostBytes(),
            disk.content().indexBytes()),
        new CacheReport.Reads(disk.reads().found(), disk.reads().damaged()),
        new CacheReport.Writes(disk.writes().stored(), disk.writes().refused()),
        disk.errors());
  }

  /** A stored response. */
  static CacheUrlReport.Stored stored(StoredView stored) {
    StoredView.Of of = stored.of();
    StoredView.Place place = stored.place();
    return new CacheUrlReport.Stored(
        of.scheme() + "://" + of.authority() + of.target(),
        words(stored.state()),
        stored.status(),
        stored.bytes(),
        stored.times().ageSeconds(),
        stored.times().ttlSeconds(),
        new CacheUrlReport.Found(
            place.tier(),
            stored.varies(),
            stored.tags(),
            place.variants().stream()
                .map(each -> new CacheUrlReport.Variant(each.coding(), each.bytes()))
                .toList()));
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
