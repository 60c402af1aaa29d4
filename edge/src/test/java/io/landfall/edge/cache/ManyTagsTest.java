package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheTags;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.LiveHeap;
import java.io.OutputStream;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Responses with very many tags: with more than can be kept none is stored, what is kept of tags
 * counts in the memory of the cache, and a purge by one of them touches no stored response.
 */
class ManyTagsTest {
  private static final long MEMORY_BYTES = 16 << 20;
  private static final int HEAD_BYTES = 1 << 20;

  /** The path says how many tags there are: {@code /name/number}. */
  private static boolean answer(TestBackend.Received request, OutputStream out)
      throws java.io.IOException {
    String path = request.line().split(" ")[1];
    String name = path.substring(1, path.lastIndexOf('/'));
    int tags = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    String list =
        IntStream.range(0, tags).mapToObj(i -> name + "-" + i).collect(Collectors.joining(" "));
    return TestBackend.raw(
        out,
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nSurrogate-Key: "
            + list
            + "\r\nContent-Length: "
            + path.length()
            + "\r\n\r\n"
            + path);
  }

  private static TestBackend origin() {
    return new TestBackend((request, in, out) -> answer(request, out));
  }

  private static EdgeSettings settings(EdgeSettings c, int headBytes) {
    EdgeLimits.Messages usual = c.limits().messages();
    EdgeLimits limits =
        c.limits()
            .with(
                new EdgeLimits.Messages(
                    usual.maxTargetBytes(),
                    headBytes,
                    usual.inputMemoryBytes(),
                    usual.maxFields()));
    return new EdgeSettings(
            c.node(),
            c.identity(),
            c.cdnId(),
            c.listeners(),
            c.eventLoops(),
            limits,
            c.timeouts(),
            c.policies())
        .with(CacheSettings.of(MEMORY_BYTES, Map.of(TestSite.SHOP, CachePolicy.DEFAULT)));
  }

  @Test
  void aHundredThousandTagsPassThroughAndAreNotStored() {
    try (TestBackend backend = origin();
        TestSite fra = new TestSite("fra", 1, each -> settings(each, HEAD_BYTES))) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 20; i++) {
        RawClient.Answer answer = CachedSite.ask(fra, "/t/100000");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("/t/100000");
        assertThat(answer.field("cache-status").orElseThrow()).contains("; detail=TAGS");
      }
      assertThat(CachedSite.view(fra).stored().keys()).isZero();
      assertThat(CachedSite.view(fra).fetches().unstored()).isEqualTo(20);
      TestSite.await("no memory is held", () -> fra.edge().cache().usedBytes() == 0);
    }
  }

  @Test
  void aHeadBeyondTheBoundOfHeadsIsAFailureOfTheOriginAndSaysSo() {
    try (TestBackend backend = origin();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer answer = CachedSite.ask(fra, "/t/100000");
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.field("proxy-status").orElseThrow())
          .contains("error=http_protocol_error")
          .contains("BAD_RESPONSE");
      assertThat(CachedSite.ask(fra, "/t/10").status()).isEqualTo(200);
      TestSite.await("only that one is stored", () -> fra.edge().cache().usedBytes() < 10_000);
    }
  }

  @Test
  void oneTagMoreThanCanBeKeptIsNotStored() {
    try (TestBackend backend = origin();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/t/" + CacheTags.MOST_TAGS);
      assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
      CachedSite.ask(fra, "/t/" + (CacheTags.MOST_TAGS + 1));
      assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
    }
  }

  @Test
  void whatIsKeptOfTagsCountsInTheMemoryAndAPurgeTouchesNoneOfIt() {
    try (TestBackend backend = origin();
        TestSite fra = new TestSite("fra", 1, each -> settings(each, HEAD_BYTES))) {
      fra.publish(Signal.UP, backends(backend));
      String most = "/" + CacheTags.MOST_TAGS;
      CachedSite.ask(fra, "/warm" + most);
      long before = LiveHeap.now().bytes();
      long usedBefore = fra.edge().cache().usedBytes();
      for (int i = 0; i < 400; i++) {
        assertThat(CachedSite.ask(fra, "/o" + i + most).status()).isEqualTo(200);
      }
      long used = fra.edge().cache().usedBytes();
      assertThat(used).isLessThanOrEqualTo(MEMORY_BYTES);
      // What the origin of the test notes of requests is in the heap too, and does not count.
      backend.received.clear();
      assertThat(LiveHeap.now().bytes() - before)
          .isLessThan((used - usedBefore) * 5 / 4 + (1 << 20));
      long keys = CachedSite.view(fra).stored().keys();
      assertThat(keys).isBetween(50L, 400L);
      int asked = backend.received.size();
      CachedSite.ask(fra, "/o399" + most);
      fra.edge().purge(new Purge.OfTag("shop", "o399-1000"), false).join();
      // Nothing is looked through: what it is about is found out when it is asked for.
      assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(keys);
      assertThat(CachedSite.ask(fra, "/o399" + most).field("cache-status").orElseThrow())
          .contains("fwd=uri-miss");
      assertThat(backend.received).hasSizeGreaterThan(asked);
      long hits = CachedSite.view(fra).requests().hits();
      for (int i = 0; i < 400; i++) {
        CachedSite.ask(fra, "/o" + i + most, "Cache-Control: only-if-cached");
      }
      assertThat(CachedSite.view(fra).requests().hits() - hits).isGreaterThanOrEqualTo(keys - 2);
    }
  }
}
