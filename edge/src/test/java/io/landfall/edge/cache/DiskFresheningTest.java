package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newer head of a body that stays on disk, where an older one lies. */
class DiskFresheningTest {
  private static final long MEMORY_BYTES = 64 << 20;

  /** Too long to come into memory whole when it is read from disk. */
  private static final String LONG = "/long/3000000";

  @TempDir Path folder;

  private volatile String control = "Cache-Control: max-age=86400\r\n";
  private TestBackend origin = TestBackend.saying("unused");

  @BeforeEach
  void startsTheOrigin() {
    origin.close();
    origin = new TestBackend((request, in, out) -> answer(request, out));
  }

  @AfterEach
  void stopsTheOrigin() {
    origin.close();
  }

  private boolean answer(TestBackend.Received request, OutputStream out) throws IOException {
    String head = "ETag: \"v\"\r\n" + control;
    if (request.all("if-none-match").contains("\"v\"")) {
      return TestBackend.raw(out, "HTTP/1.1 304 Not Modified\r\n" + head + "\r\n");
    }
    String path = request.line().split(" ")[1];
    int length = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    return TestBackend.raw(
        out,
        "HTTP/1.1 200 OK\r\n"
            + head
            + "Content-Length: "
            + length
            + "\r\n\r\n"
            + "x".repeat(length));
  }

  private TestSite site() {
    return CachedSite.onDisk(origin, folder, CachePolicy.DEFAULT, MEMORY_BYTES);
  }

  /** Asks for it once, so that it is on disk; with the next site it is there only. */
  private void putsOnDisk(String path) {
    try (TestSite fra = site()) {
      CachedSite.ask(fra, path);
      CachedSite.awaitOnDisk(fra, 1);
    }
  }

  /** The origin's next head comes with a validation that a client forces. */
  private void isFreshened(TestSite fra, String path, String newControl) {
    control = newControl;
    CachedSite.ask(fra, path);
    CachedSite.ask(fra, path, "Cache-Control: no-cache");
    assertThat(origin.received.getLast().all("if-none-match")).contains("\"v\"");
  }

  private void assertFetched(TestSite fra, String path) {
    int asked = origin.received.size();
    CachedSite.ask(fra, path);
    assertThat(origin.received).hasSize(asked + 1);
  }

  private void assertNotFetched(TestSite fra, String path) {
    int asked = origin.received.size();
    CachedSite.ask(fra, path);
    assertThat(origin.received).hasSize(asked);
  }

  @Test
  void aPurgeByATagThatANewerHeadHasHitsWhatLiesThere() {
    putsOnDisk(LONG);
    try (TestSite fra = site()) {
      isFreshened(fra, LONG, "Cache-Control: max-age=86400\r\nSurrogate-Key: b\r\n");
      fra.edge().purge(new Purge.OfTag("shop", "b"), false).join();
      assertFetched(fra, LONG);
    }
  }

  @Test
  void aShorterLifetimeCountsAfterARestart() {
    putsOnDisk(LONG);
    try (TestSite fra = site()) {
      isFreshened(fra, LONG, "Cache-Control: max-age=60\r\n");
      assertNotFetched(fra, LONG);
    }
    try (TestSite fra = site()) {
      assertFetched(fra, LONG);
    }
  }

  @Test
  void aDirectiveOfANewerHeadCountsAfterARestart() {
    putsOnDisk(LONG);
    try (TestSite fra = site()) {
      isFreshened(fra, LONG, "Cache-Control: max-age=86400, must-revalidate\r\n");
    }
    try (TestSite fra = site()) {
      assertFetched(fra, LONG);
    }
  }

  @Test
  void aLifetimeTooShortToBeWrittenCountsAfterARestart() {
    String path = "/short/1000";
    putsOnDisk(path);
    try (TestSite fra = site()) {
      isFreshened(fra, path, "Cache-Control: max-age=20\r\n");
      assertNotFetched(fra, path);
    }
    try (TestSite fra = site()) {
      assertFetched(fra, path);
    }
  }

  @Test
  void aHeadThatAllowsAsMuchLeavesWhatLiesThere() {
    putsOnDisk(LONG);
    try (TestSite fra = site()) {
      isFreshened(fra, LONG, "Cache-Control: max-age=86400\r\n");
    }
    try (TestSite fra = site()) {
      assertNotFetched(fra, LONG);
    }
  }
}
