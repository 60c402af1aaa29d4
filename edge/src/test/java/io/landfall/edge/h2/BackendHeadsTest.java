package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Heads that are too large for a backend over HTTP/2, or come from one. */
class BackendHeadsTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\nbody";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestSite fra = new TestSite("fra", 1, H2Origin::oneLoop);

  @AfterEach
  void close() throws Exception {
    fra.close();
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private H2Origin published(H2Origin origin) {
    open.add(origin);
    fra.publish(Signal.UP, List.of(origin.server()));
    return origin;
  }

  private RawClient.Answer ask(String request) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(request).read();
    }
  }

  /** Else it may end the connection, with the requests of other clients. */
  @Test
  void aHeadThatIsLargerThanTheBackendTakesIsNotSent() {
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> H2Origin.sayAtTheEnd(frame, from, "hello"),
                new RawFrames().settings(RawFrames.MAX_HEADER_LIST_SIZE, 4_096),
                accepted -> accepted));
    String large = "x-large: " + "a".repeat(5_000) + "\r\n";
    RawClient.Answer answer = ask("GET / HTTP/1.1\r\nHost: shop.test\r\n" + large + "\r\n");
    assertThat(answer.status()).isEqualTo(431);
    assertThat(answer.field("proxy-status")).get().asString().contains("HEAD_TOO_LARGE_THERE:");
    // Nor are such trailers, without which the request is whole all the same.
    String chunked = "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(ask(chunked + "4\r\nbody\r\n0\r\n" + large + "\r\n").body()).isEqualTo("hello");
    assertThat(ask("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").body()).isEqualTo("hello");
    assertThat(origin.links).hasSize(1);
    assertThat(origin.requests()).isEqualTo(2);
  }

  /** Some backends repeat what a client sends, which so could end the requests of others. */
  @Test
  void aHeadOfABackendThatIsTooLargeFailsItsOwnRequestOnly() throws IOException {
    CountDownLatch waits = new CountDownLatch(1);
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS
                      && from.heads.getLast().path().toString().equals("/large")) {
                    from.send(largeHead(frame.stream()));
                  } else if (frame.type() == RawFrames.HEADERS) {
                    waits.countDown();
                  } else if (frame.type() == RawFrames.RST_STREAM) {
                    // The request that has waited meanwhile is on the first stream.
                    int first =
                        from.seen.stream()
                            .mapToInt(Frame::stream)
                            .filter(n -> n > 0)
                            .min()
                            .orElseThrow();
                    from.send(
                        new RawFrames().headers(first, true, H2Client.fields(":status", "204")));
                  }
                }));
    try (RawClient other = new RawClient(fra.http())) {
      other.send(POST);
      TestBackend.holdUntil(waits);
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/large");
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.field("proxy-status")).get().asString().contains("BAD_RESPONSE:");
      assertThat(other.read().status()).isEqualTo(204);
    }
    assertThat(origin.links).hasSize(1);
  }

  /** A head of 200,000 bytes. */
  private static RawFrames largeHead(int stream) {
    byte[] field = H2Client.fields("x-large", "a".repeat(10_000));
    RawFrames frames = new RawFrames();
    frames.frame(RawFrames.HEADERS, 0, stream, H2Client.fields(":status", "200"));
    for (int i = 1; i <= 20; i++) {
      frames.frame(RawFrames.CONTINUATION, i == 20 ? RawFrames.END_HEADERS : 0, stream, field);
    }
    return frames;
  }
}
