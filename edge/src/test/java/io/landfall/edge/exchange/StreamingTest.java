package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
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

  /** What another client gets while one does not read: more than may lie on the way of one. */
  private static final long OTHER_SIZE = 16L << 20;

  /** More than all buffers and windows on the way can hold, less than the body. */
  private static final long MOST_IN_FLIGHT = SIZE / 2;

  @Test
  void aLargeDownloadThroughAForwardStopsWithItsReaderAndArrivesWhole() {
    AtomicLong written = new AtomicLong();
    try (TestBackend backend = new TestBackend((r, in, out) -> pour(r, out, written));
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        client.send("GET /big HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(200);
        awaitStall(written, fra);
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
          if (request.line().contains("/other")) {
            return pour(request, out, sent);
          }
          TestBackend.holdUntil(go);
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
        awaitStall(sent, fra);
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
            request.line().contains("/s ")
                ? TestBackend.ok(out, "small")
                : pour(request, out, written);
    try (TestBackend backend = new TestBackend(mixed);
        TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);
        TestSite nyc = new TestSite("nyc", 2, TestSettings::oneLoop)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient stalled = new RawClient(fra.http())) {
        stalled.send("GET /big HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertThat(stalled.readHead().status()).isEqualTo(200);
        awaitStall(written, fra);
        for (int i = 0; i < 20; i++) {
          assertThat(RawClient.get(fra.http(), "shop.test", "/s").body()).isEqualTo("small");
        }
        assertThat(nyc.overlayChannels).hasSize(1);
      }
    }
  }

  /** A large body whose way is counted; or one of another client's size, which is not. */
  private static boolean pour(TestBackend.Received request, OutputStream out, AtomicLong written)
      throws IOException {
    boolean other = request.line().contains("/other");
    long size = other ? OTHER_SIZE : SIZE;
    TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
    byte[] piece = new byte[PIECE];
    for (long done = 0; done < size; done += PIECE) {
      out.write(piece);
      written.addAndGet(other ? 0 : PIECE);
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

  /**
   * Waits until a counter has moved and stays where it is while another client gets a body of some
   * size whole, twice, by the same way. A writer that is only slow would move on meanwhile, however
   * busy the machine is.
   */
  private static void awaitStall(AtomicLong counter, TestSite site) {
    int[] unchanged = {0};
    long[] before = {0};
    TestSite.await(
        "the writer stalls",
        () -> {
          try (RawClient other = new RawClient(site.http())) {
            other.send("GET /other HTTP/1.1\r\nHost: shop.test\r\n\r\n");
            assertThat(other.readHead().status()).isEqualTo(200);
            assertThat(drain(other, OTHER_SIZE)).isEqualTo(OTHER_SIZE);
          }
          long now = counter.get();
          unchanged[0] = now > 0 && now == before[0] ? unchanged[0] + 1 : 0;
          before[0] = now;
          return unchanged[0] == 2;
        });
  }
}
