package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Bodies larger than all the memory that the tests have, both ways, through a forward; and a reader
 * that stops must stop the writer at the other end, three connections away.
 */
class StreamingTest {
  private static final long SIZE = 256L << 20;
  private static final int PIECE = 64 * 1024;

  /** More than all buffers and windows on the way can hold, less than the body. */
  private static final long MOST_IN_FLIGHT = SIZE / 2;

  @Test
  void aLargeDownloadThroughAForwardStopsWithItsReaderAndArrivesWhole() {
    AtomicLong written = new AtomicLong();
    try (TestBackend backend = new TestBackend((r, in, out) -> pour(out, written));
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        client.send("GET /big HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(200);
        awaitStall(written);
        assertThat(written.get()).isLessThan(MOST_IN_FLIGHT);
        assertThat(drain(client, SIZE)).isEqualTo(SIZE);
      }
    }
  }

  @Test
  void aLargeUploadThroughAForwardStopsWithItsReaderAndArrivesWhole() throws Exception {
    AtomicLong sent = new AtomicLong();
    AtomicLong taken = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour slow =
        (request, in, out) -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          taken.set(swallow(in, SIZE));
          return TestBackend.ok(out, "thanks");
        };
    try (TestBackend backend = new TestBackend(slow);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        client.send(
            "POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
        Thread writer =
            Thread.ofPlatform()
                .start(
                    () -> {
                      byte[] piece = new byte[PIECE];
                      for (long done = 0; done < SIZE; done += PIECE) {
                        client.send(piece);
                        sent.addAndGet(PIECE);
                      }
                    });
        awaitStall(sent);
        assertThat(sent.get()).isLessThan(MOST_IN_FLIGHT);
        go.countDown();
        assertThat(client.read().body()).isEqualTo("thanks");
        writer.join();
      }
      assertThat(taken.get()).isEqualTo(SIZE);
    }
  }

  @Test
  void aStalledDownloadDoesNotStopOthersOnTheSameConnection() {
    AtomicLong written = new AtomicLong();
    TestBackend.Behaviour mixed =
        (request, in, out) ->
            request.line().contains("/big") ? pour(out, written) : TestBackend.ok(out, "small");
    try (TestBackend backend = new TestBackend(mixed);
        TestSite fra = new TestSite("fra", 1, StreamingTest::oneLoop);
        TestSite nyc = new TestSite("nyc", 2, StreamingTest::oneLoop)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient stalled = new RawClient(fra.http())) {
        stalled.send("GET /big HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertThat(stalled.readHead().status()).isEqualTo(200);
        awaitStall(written);
        for (int i = 0; i < 20; i++) {
          assertThat(RawClient.get(fra.http(), "shop.test", "/s").body()).isEqualTo("small");
        }
        assertThat(nyc.overlayChannels).hasSize(1);
      }
    }
  }

  private static EdgeSettings oneLoop(EdgeSettings c) {
    return new EdgeSettings(
        c.node(), c.identity(), c.cdnId(), c.listeners(), 1, c.limits(), c.timeouts());
  }

  private static boolean pour(OutputStream out, AtomicLong written) throws IOException {
    TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
    byte[] piece = new byte[PIECE];
    for (long done = 0; done < SIZE; done += PIECE) {
      out.write(piece);
      written.addAndGet(PIECE);
    }
    return true;
  }

  private static long swallow(InputStream in, long size) throws IOException {
    byte[] piece = new byte[PIECE];
    long total = 0;
    while (total < size) {
      int count = in.read(piece);
      if (count < 0) {
        return total;
      }
      total += count;
    }
    return total;
  }

  private static long drain(RawClient client, long size) {
    byte[] piece = new byte[PIECE];
    long total = 0;
    while (total < size) {
      int count = client.read(piece);
      if (count < 0) {
        return total;
      }
      total += count;
    }
    return total;
  }

  /** Waits until a counter has moved and then stays where it is for a good while. */
  private static void awaitStall(AtomicLong counter) {
    int[] unchanged = {0};
    long[] before = {0};
    TestSite.await(
        "the writer stalls",
        () -> {
          long now = counter.get();
          unchanged[0] = now > 0 && now == before[0] ? unchanged[0] + 1 : 0;
          before[0] = now;
          return unchanged[0] > 300;
        });
  }
}
