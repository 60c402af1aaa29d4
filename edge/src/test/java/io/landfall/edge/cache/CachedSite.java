package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.CacheViews;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Sites for tests whose service shop is cached. */
final class CachedSite {
  static final long MEMORY_BYTES = 16 << 20;
  private static final long DISK_BYTES = 256L << 20;

  private CachedSite() {}

  /** One with a small memory and what the RFCs have. */
  static TestSite of(String name, int number) {
    return of(name, number, CachePolicy.DEFAULT);
  }

  static TestSite of(String name, int number, CachePolicy policy) {
    return of(name, number, policy, MEMORY_BYTES);
  }

  static TestSite of(String name, int number, CachePolicy policy, long memoryBytes) {
    return new TestSite(name, number, settings -> settings.with(settings(policy, memoryBytes)));
  }

  /** One whose cache has a disk too, which works, before an origin that is up. */
  static TestSite onDisk(TestBackend origin, Path folder, CachePolicy policy, long memoryBytes) {
    List<CacheSettings.Disk> disks = List.of(new CacheSettings.Disk(folder, DISK_BYTES));
    TestSite site =
        new TestSite(
            "fra", 1, settings -> settings.with(settings(policy, memoryBytes).with(disks)));
    site.publish(Signal.UP, TestSite.backends(origin));
    TestSite.await("the disk works", () -> disk(site).state() == CacheDiskView.State.WORKING);
    return site;
  }

  /** The disk of a site that has one. */
  static CacheDiskView disk(TestSite site) {
    return site.edge().cache().disks().getFirst();
  }

  /** Waits until so many responses are on disk. */
  static void awaitOnDisk(TestSite site, long responses) {
    TestSite.await("it is on disk", () -> disk(site).content().responses() >= responses);
  }

  private static CacheSettings settings(CachePolicy policy, long memoryBytes) {
    return CacheSettings.of(memoryBytes, Map.of(TestSite.SHOP, policy));
  }

  static CacheViews.Service view(TestSite site) {
    return site.edge().cache().services().getFirst();
  }

  /** A request for shop.test, with further lines. */
  static String get(String path, String... lines) {
    return "GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n" + joined(lines) + "\r\n";
  }

  static String joined(String... lines) {
    StringBuilder all = new StringBuilder();
    for (String line : lines) {
      all.append(line).append("\r\n");
    }
    return all.toString();
  }

  static RawClient.Answer ask(TestSite site, String path, String... lines) {
    try (RawClient client = new RawClient(site.http())) {
      return client.send(get(path, lines)).read();
    }
  }
}
