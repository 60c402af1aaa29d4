package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is stored is on disk too: found there when it is no longer in memory, and after a restart.
 */
class DiskTierTest {
  /** A version that comes without a length, and is too long for a small memory. */
  private static final int CHUNKED = 9;

  @TempDir Path folder;

  private volatile String control = "max-age=600";
  private volatile int version = 1;
  private TestBackend origin = TestBackend.saying("unused");

  @BeforeEach
  void startsTheOrigin() {
    origin.close();
    origin = new TestBackend((request, in, out) -> answer(request, out));
  }

  private boolean answer(TestBackend.Received request, OutputStream out)
      throws java.io.IOException {
    if (request.line().startsWith("POST")) {
      return TestBackend.ok(out, "done");
    }
    String tag = "\"v" + version + "\"";
    String head = "ETag: " + tag + "\r\nCache-Control: " + control + "\r\nCache-Tag: all\r\n";
    if (request.all("if-none-match").contains(tag)) {
      return TestBackend.raw(out, "HTTP/1.1 304 Not Modified\r\n" + head + "\r\n");
    }
    if (version == CHUNKED) {
      return TestBackend.raw(
          out,
          "HTTP/1.1 200 OK\r\n"
              + head
              + "Transfer-Encoding: chunked\r\n\r\n1e8480\r\n"
              + body("/2000000", CHUNKED)
              + "\r\n0\r\n\r\n");
    }
    boolean varies = request.line().contains("/vary");
    String body =
        varies
            ? String.join("", request.all("accept-language"))
            : body(request.line().split(" ")[1], version);
    return TestBackend.raw(
        out,
        "HTTP/1.1 200 OK\r\n"
            + head
            + (varies ? "Vary: Accept-Language\r\n" : "")
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /** The path says how long it is: {@code /name/length}. */
  private static String body(String path, int ofVersion) {
    int length = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = (byte) ('a' + Math.floorMod(i * 7 + (i >> 9) + path.hashCode() + ofVersion, 26));
    }
    return new String(body, StandardCharsets.ISO_8859_1);
  }

  private TestSite site(long memoryBytes) {
    return CachedSite.onDisk(origin, folder, CachePolicy.DEFAULT, memoryBytes);
  }

  private static RawClient.Answer assertHit(TestSite site, String path, String... lines) {
    RawClient.Answer hit = CachedSite.ask(site, path, lines);
    assertThat(hit.all("cache-status").getFirst()).startsWith("fra.cdn.test; hit; ttl=");
    return hit;
  }

  @Test
  void whatFellOutOfMemoryIsFoundOnDisk() {
    try (TestSite fra = site(2 << 20)) {
      for (int i = 0; i < 40; i++) {
        CachedSite.ask(fra, "/" + i + "/100000");
      }
      CachedSite.awaitOnDisk(fra, 40);
      int asked = origin.received.size();
      for (int i = 0; i < 40; i++) {
        String path = "/" + i + "/100000";
        assertThat(assertHit(fra, path).body()).isEqualTo(body(path, 1));
      }
      assertThat(origin.received).hasSize(asked);
      assertThat(CachedSite.disk(fra).reads().found()).isPositive();
      assertThat(fra.edge().cache().usedBytes()).isLessThanOrEqualTo(2 << 20);
    } finally {
      origin.close();
    }
  }

  @Test
  void afterARestartItIsAnsweredWithoutTheOrigin() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      CachedSite.ask(fra, "/a/1000");
      CachedSite.ask(fra, "/none/0");
      CachedSite.awaitOnDisk(fra, 2);
    }
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      RawClient.Answer hit = assertHit(fra, "/a/1000");
      assertThat(hit.body()).isEqualTo(body("/a/1000", 1));
      assertThat(hit.field("etag")).contains("\"v1\"");
      assertThat(hit.field("content-length")).contains("1000");
      assertThat(assertHit(fra, "/none/0").body()).isEmpty();
      assertThat(CachedSite.ask(fra, "/a/1000", "If-None-Match: \"v1\"").status()).isEqualTo(304);
      RawClient.Answer part = CachedSite.ask(fra, "/a/1000", "Range: bytes=10-19");
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.body()).isEqualTo(body("/a/1000", 1).substring(10, 20));
      assertThat(origin.received).hasSize(2);
    } finally {
      origin.close();
    }
  }

  @Test
  void onlyIfCachedFindsItOnDisk() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      CachedSite.ask(fra, "/a/1000");
      CachedSite.awaitOnDisk(fra, 1);
    }
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      assertThat(CachedSite.ask(fra, "/a/1000", "Cache-Control: only-if-cached").status())
          .isEqualTo(200);
      assertThat(CachedSite.ask(fra, "/b/1000", "Cache-Control: only-if-cached").status())
          .isEqualTo(504);
    } finally {
      origin.close();
    }
  }

  @Test
  void aLongBodyIsReadBitByBit() {
    String path = "/long/5000000";
    try (TestSite fra = site(64 << 20)) {
      CachedSite.ask(fra, path);
      CachedSite.awaitOnDisk(fra, 1);
    }
    try (TestSite fra = site(64 << 20)) {
      assertThat(assertHit(fra, path).body()).isEqualTo(body(path, 1));
      assertThat(assertHit(fra, path).body()).isEqualTo(body(path, 1));
      RawClient.Answer part = CachedSite.ask(fra, path, "Range: bytes=300000-900000");
      assertThat(part.body()).isEqualTo(body(path, 1).substring(300_000, 900_001));
      RawClient.Answer parts = CachedSite.ask(fra, path, "Range: bytes=5-9,4000000-4000009,-3");
      assertThat(parts.status()).isEqualTo(206);
      assertThat(parts.body())
          .contains(body(path, 1).substring(5, 10))
          .contains(body(path, 1).substring(4_000_000, 4_000_010));
      assertThat(origin.received).hasSize(1);
      TestSite.await("no memory is held", () -> fra.edge().cache().usedBytes() < 100_000);
      try (RawClient client = new RawClient(fra.http())) {
        client.send(CachedSite.get(path)).readHead();
        client.reset();
      }
      TestSite.await(
          "what was read for one who left is let go of",
          () -> fra.edge().cache().usedBytes() < 100_000);
    } finally {
      origin.close();
    }
  }

  @Test
  void whatWasPurgedDoesNotComeBackAfterARestart() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      for (String path : List.of("/hard/100", "/stays/100")) {
        CachedSite.ask(fra, path);
      }
      CachedSite.awaitOnDisk(fra, 2);
      fra.edge().purge(new Purge.OfUrl("shop.test", "/hard/100"), false).join();
    }
    version = 2;
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      assertThat(CachedSite.ask(fra, "/hard/100").field("etag")).contains("\"v2\"");
      assertThat(assertHit(fra, "/stays/100").field("etag")).contains("\"v1\"");
      fra.edge().purge(new Purge.OfTag("shop", "all"), true).join();
    }
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      // Softly purged: it is validated.
      assertThat(CachedSite.ask(fra, "/stays/100").field("etag")).contains("\"v2\"");
      assertThat(origin.received.getLast().all("if-none-match")).contains("\"v1\"");
    } finally {
      origin.close();
    }
  }

  @Test
  void aPurgeCountsForWhatIsOnDiskOnly() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      CachedSite.ask(fra, "/a/100");
      CachedSite.awaitOnDisk(fra, 1);
    }
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      fra.edge().purge(new Purge.OfHost("shop.test"), false).join();
      version = 2;
      assertThat(CachedSite.ask(fra, "/a/100").field("etag")).contains("\"v2\"");
    } finally {
      origin.close();
    }
  }

  @Test
  void whatAnUnsafeMethodMadeInvalidDoesNotComeBack() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      CachedSite.ask(fra, "/a/100");
      CachedSite.awaitOnDisk(fra, 1);
      try (RawClient client = new RawClient(fra.http())) {
        client.send("POST /a/100 HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
      }
      // What was made invalid is taken down before a purge that comes later.
      fra.edge().purge(new Purge.OfHost("other.test"), false).join();
    }
    version = 2;
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      assertThat(CachedSite.ask(fra, "/a/100").field("etag")).contains("\"v2\"");
    } finally {
      origin.close();
    }
  }

  @Test
  void whatIsStaleIsValidatedWithWhatLiesThere() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      CachedSite.ask(fra, "/a/100");
      CachedSite.ask(fra, "/long/2000000");
      CachedSite.awaitOnDisk(fra, 1);
    }
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      fra.letPass(700_000);
      for (String path : List.of("/a/100")) {
        assertThat(CachedSite.ask(fra, path).body()).isEqualTo(body(path, 1));
        assertThat(origin.received.getLast().all("if-none-match")).contains("\"v1\"");
        int asked = origin.received.size();
        assertHit(fra, path);
        assertThat(origin.received).hasSize(asked);
      }
      // It was written again, with its new time.
      TestSite.await("it is written", () -> CachedSite.disk(fra).writes().stored() >= 1);
    }
    int asked = origin.received.size();
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      // The clock of this site is that of the first one again: it is young.
      assertHit(fra, "/a/100");
      assertThat(origin.received).hasSize(asked);
    } finally {
      origin.close();
    }
  }

  @Test
  void aLongBodyIsValidatedWhereItLies() {
    String path = "/long/3000000";
    try (TestSite fra = site(64 << 20)) {
      CachedSite.ask(fra, path);
      CachedSite.awaitOnDisk(fra, 1);
    }
    try (TestSite fra = site(64 << 20)) {
      fra.letPass(700_000);
      assertThat(CachedSite.ask(fra, path).body()).isEqualTo(body(path, 1));
      assertThat(origin.received.getLast().all("if-none-match")).contains("\"v1\"");
      assertThat(assertHit(fra, path).body()).isEqualTo(body(path, 1));
      assertThat(origin.received).hasSize(2);
    } finally {
      origin.close();
    }
  }

  @Test
  void eachRequestFindsItsVariant() {
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      Stream.of("de", "fr", "it").forEach(each -> CachedSite.ask(fra, "/vary", language(each)));
      CachedSite.awaitOnDisk(fra, 3);
    }
    try (TestSite fra = site(CachedSite.MEMORY_BYTES)) {
      for (String each : List.of("fr", "de", "it")) {
        assertThat(assertHit(fra, "/vary", language(each)).body()).isEqualTo(each);
      }
      assertThat(CachedSite.ask(fra, "/vary", language("es")).body()).isEqualTo("es");
      assertThat(origin.received).hasSize(4);
    } finally {
      origin.close();
    }
  }

  @Test
  void whatIsTooLongForTheMemoryGoesToDiskWhileItComes() {
    String path = "/long/1000000";
    try (TestSite fra = site(4 << 20)) {
      assertThat(CachedSite.ask(fra, path).body()).isEqualTo(body(path, 1));
      CachedSite.awaitOnDisk(fra, 1);
      assertThat(assertHit(fra, path).body()).isEqualTo(body(path, 1));
    }
    try (TestSite fra = site(4 << 20)) {
      assertThat(assertHit(fra, path).body()).isEqualTo(body(path, 1));
      assertThat(origin.received).hasSize(1);
    } finally {
      origin.close();
    }
  }

  @Test
  void whatIsTooLongToBeStoredLeavesNothingOlderOnDisk() {
    try (TestSite fra = site(4 << 20)) {
      CachedSite.ask(fra, "/a/100");
      CachedSite.awaitOnDisk(fra, 1);
      fra.letPass(700_000);
      version = CHUNKED;
      assertThat(CachedSite.ask(fra, "/a/100").body()).hasSize(2_000_000);
      // What is replaced is taken down before a purge that comes later.
      fra.edge().purge(new Purge.OfHost("other.test"), false).join();
    }
    int asked = origin.received.size();
    try (TestSite fra = site(4 << 20)) {
      // The clock of this site is that of the first one again: what was replaced would be young.
      assertThat(CachedSite.ask(fra, "/a/100").body()).hasSize(2_000_000);
      assertThat(origin.received).hasSize(asked + 1);
    } finally {
      origin.close();
    }
  }

  private static String language(String name) {
    return "Accept-Language: " + name;
  }
}
