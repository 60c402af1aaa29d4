package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.LiveHeap;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Nothing that a hit allocates is still reachable when it is over: what is live in the heap does
 * not grow with the number of hits.
 */
class HitGarbageTest {
  private static final int WARM_UP = 10_000;
  private static final int FEW = 10_000;
  private static final int MANY = 100_000;

  /** Hits that are sent together, and read together. */
  private static final int TOGETHER = 100;

  /** What the smallest object takes: so much more for each hit would be a leak. */
  private static final long OBJECT_BYTES = 16;

  private static final long LEAST_LEAK_BYTES = MANY / 2 * OBJECT_BYTES;

  @Test
  void whatIsLiveDoesNotGrowWithTheNumberOfHits() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        "HTTP/1.1 200 OK\r\nCache-Control: max-age=86400\r\nETag: \"a\"\r\n"
                            + "Content-Length: 1024\r\n\r\n"
                            + "x".repeat(1024)));
        TestSite fra = CachedSite.of("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      byte[] requests = CachedSite.get("/a").repeat(TOGETHER).getBytes(StandardCharsets.US_ASCII);
      CachedSite.ask(fra, "/a");
      hits(client, requests, WARM_UP);
      LiveHeap start = LiveHeap.now();
      long startDirect = directBytes();
      hits(client, requests, FEW);
      LiveHeap few = LiveHeap.now();
      hits(client, requests, MANY);
      LiveHeap many = LiveHeap.now();
      assertThat(backend.received).hasSize(1);
      assertThat(CachedSite.view(fra).requests().hits()).isEqualTo(WARM_UP + FEW + MANY);
      // One small object of every second hit would be more.
      assertThat(many.objects() - few.objects()).as("objects").isLessThan(MANY / 2);
      assertThat(many.bytes() - few.bytes()).as("bytes").isLessThan(LEAST_LEAK_BYTES);
      assertThat(few.objects() - start.objects()).as("objects behind few").isLessThan(FEW);
      assertThat(directBytes() - startDirect).as("pooled memory").isZero();
    }
  }

  /** Sends so many requests on one connection and reads their answers, and keeps nothing. */
  private static void hits(RawClient client, byte[] requests, int number) {
    byte[] buffer = new byte[65_536];
    for (int sent = 0; sent < number; sent += TOGETHER) {
      client.send(requests);
      int ends = 0;
      int run = 0;
      // A body is 1,024 letters x in a row, and no head has ten.
      while (ends < TOGETHER) {
        int read = client.read(buffer);
        assertThat(read).isPositive();
        for (int i = 0; i < read; i++) {
          run = buffer[i] == 'x' ? run + 1 : 0;
          ends += run == 1024 ? 1 : 0;
        }
      }
    }
  }

  /** What the pool has taken of direct memory, which it keeps. */
  private static long directBytes() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }
}
