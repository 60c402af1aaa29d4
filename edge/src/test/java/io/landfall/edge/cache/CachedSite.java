package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.CacheViews;
import io.landfall.edge.RawClient;
import io.landfall.edge.server.TestSite;
import java.util.Map;

/** Sites for tests whose service shop is cached. */
final class CachedSite {
  static final long MEMORY_BYTES = 16 << 20;

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
