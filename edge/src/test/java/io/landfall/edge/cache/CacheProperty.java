package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random origins, clients, purges and times over real sockets, in a memory that is too small for
 * what is asked for: no client receives a wrong byte or one of another version than its head says,
 * nothing outlives the cache, and the bound of the memory holds.
 */
class CacheProperty {
  private static final long MEMORY_BYTES = 4 << 20;
  private static final int CLIENTS = 12;
  private static final int REQUESTS = 60;
  private static final int PATHS = 25;

  private final AtomicInteger version = new AtomicInteger();
  private final AtomicLong seeds = new AtomicLong();

  /** The byte at a place of a path's body in a version. */
  private static byte at(int path, int ofVersion, int place) {
    return (byte) ('a' + Math.floorMod(place * 7 + (place >> 9) + path * 3 + ofVersion * 11, 26));
  }

  private static byte[] body(int path, int ofVersion) {
    // From a few bytes to more than may be stored.
    int length = path * path * 900 + ofVersion % 7 + 1;
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = at(path, ofVersion, i);
    }
    return body;
  }

  private static int path(String line) {
    return Integer.parseInt(line.substring(line.indexOf('/') + 1, line.lastIndexOf(' ')));
  }

  private TestBackend origin() {
    return new TestBackend(
        (request, in, out) -> {
          Random random = new Random(seeds.incrementAndGet());
          int path = path(request.line());
          int current = version.get();
          String tag = "\"" + path + "-" + current + "\"";
          if (request.all("if-none-match").contains(tag) && random.nextInt(4) > 0) {
            return TestBackend.raw(
                out,
                "HTTP/1.1 304 Not Modified\r\nETag: " + tag + "\r\n" + control(random) + "\r\n");
          }
          return answer(path, current, tag, random, out);
        });
  }

  private static String control(Random random) {
    String[] all = {
      "max-age=60",
      "max-age=1, stale-while-revalidate=30",
      "max-age=1, stale-if-error=30",
      "no-cache",
      "no-store",
      "max-age=0",
      "private",
      "max-age=600"
    };
    String vary = random.nextInt(5) == 0 ? "Vary: X-Who\r\n" : "";
    return "Cache-Control: " + all[random.nextInt(all.length)] + "\r\n" + vary;
  }

  private static boolean answer(
      int path, int ofVersion, String tag, Random random, OutputStream out) throws IOException {
    byte[] body = body(path, ofVersion);
    int way = random.nextInt(20);
    if (way == 0) {
      return TestBackend.raw(out, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    }
    boolean chunked = way < 8;
    String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length;
    TestBackend.raw(
        out, "HTTP/1.1 200 OK\r\nETag: " + tag + "\r\n" + control(random) + framing + "\r\n\r\n");
    int breakAt = way == 1 || way == 9 ? random.nextInt(body.length) : body.length;
    int at = 0;
    while (at < breakAt) {
      int length = Math.min(breakAt - at, 1 + random.nextInt(30_000));
      if (chunked) {
        TestBackend.raw(out, Integer.toHexString(length) + "\r\n");
      }
      out.write(body, at, length);
      if (chunked) {
        TestBackend.raw(out, "\r\n");
      }
      out.flush();
      at += length;
    }
    return breakAt == body.length && (!chunked || TestBackend.raw(out, "0\r\n\r\n"));
  }

  /** One client: asks, reads at some speed, perhaps leaves early. */
  private void client(TestSite site, long seed, ConcurrentLinkedQueue<String> complaints) {
    Random random = new Random(seed);
    for (int i = 0; i < REQUESTS; i++) {
      int path = (int) (random.nextDouble() * random.nextDouble() * PATHS);
      try (RawClient client = new RawClient(site.http())) {
        String who = "X-Who: " + random.nextInt(3);
        boolean part = random.nextInt(6) == 0;
        int first = random.nextInt(50);
        client.send(
            part
                ? CachedSite.get("/" + path, who, "Range: bytes=" + first + "-" + (first + 99))
                : CachedSite.get("/" + path, who));
        if (random.nextInt(8) == 0) {
          client.reset();
        } else {
          String wrong = wrong(path, client.readHead(), client);
          if (!wrong.isEmpty()) {
            complaints.add(wrong);
          }
        }
      } catch (UncheckedIOException | IllegalStateException e) {
        // A response that broke off, as the origin's did.
      }
      if (random.nextInt(20) == 0) {
        version.incrementAndGet();
      }
      if (random.nextInt(20) == 0) {
        site.letPass(1_000);
      }
      if (random.nextInt(30) == 0) {
        site.edge().purge(new Purge.OfUrl("shop.test", "/" + path), random.nextBoolean()).join();
      }
    }
  }

  /** What is wrong with a response; empty if nothing is. */
  private static String wrong(int path, RawClient.Answer head, RawClient client) {
    if (head.status() >= 400) {
      return "";
    }
    String tag = head.field("etag").orElse("");
    if (!tag.startsWith("\"" + path + "-")) {
      return "asked for " + path + ", got " + head;
    }
    int ofVersion = Integer.parseInt(tag.substring(tag.indexOf('-') + 1, tag.length() - 1));
    byte[] whole = body(path, ofVersion);
    int from = 0;
    int length = whole.length;
    if (head.status() == 206) {
      String range = head.field("content-range").orElseThrow();
      from = Integer.parseInt(range.substring(6, range.indexOf('-')));
      length =
          Integer.parseInt(range.substring(range.indexOf('-') + 1, range.indexOf('/'))) - from + 1;
    }
    byte[] got = client.readBody(head);
    String expected = new String(whole, from, length, StandardCharsets.ISO_8859_1);
    return expected.equals(new String(got, StandardCharsets.ISO_8859_1))
        ? ""
        : "wrong bytes of " + path + " in version " + ofVersion + ": " + head;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noByteIsWrongAndNothingOutlivesTheCache(long seed) throws Exception {
    seeds.set(seed * 100_000);
    ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    TestSite site = CachedSite.of("fra", 1, CachePolicy.DEFAULT, MEMORY_BYTES);
    try (TestBackend origin = origin();
        site;
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      site.publish(Signal.UP, backends(origin));
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        long its = seed * 1_000 + i;
        clients.add(threads.submit(() -> client(site, its, complaints)));
      }
      for (Future<?> each : clients) {
        each.get();
      }
      TestSite.await("all is over", () -> site.edge().stats().requestsInProgress() == 0);
      assertThat(site.edge().cache().usedBytes()).isLessThanOrEqualTo(MEMORY_BYTES);
      assertThat(CachedSite.view(site).requests().hits()).isPositive();
    }
    assertThat(complaints).isEmpty();
    assertThat(site.edge().cache().usedBytes()).isZero();
  }
}
