package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A response over HTTP/1.1 without a length ends with its connection: one that is reset instead is
 * not whole, and a client over HTTP/2 must see that.
 */
class ResetBackendTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\n\r\n";
  private static final String BEGUN = "x".repeat(1_000);

  private final CountDownLatch read = new CountDownLatch(1);

  /** Sends a part of a response, and ends in order or with a reset once the client has it. */
  private TestBackend ending(int lingerSeconds) {
    Socket[] last = new Socket[1];
    return new TestBackend(
        (request, in, out) -> {
          TestBackend.raw(out, HEAD + BEGUN);
          TestBackend.holdUntil(read);
          last[0].setSoLinger(lingerSeconds == 0, lingerSeconds);
          return false;
        },
        accepted -> {
          last[0] = accepted;
          return accepted;
        });
  }

  private static TestSite landing(boolean forwarded, TestSite nyc, TestSite fra, TestBackend at) {
    nyc.publish(Signal.UP, backends(at));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    return forwarded ? fra : nyc;
  }

  /** Asks, and lets the backend go on when all that it has sent so far is here. */
  private void ask(H2Client client) throws Exception {
    client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/")));
    while (client.body(1).length() < BEGUN.length()) {
      RawFrames.Frame frame = client.await(f -> f.stream() == 1);
      assertThat(frame.type()).isNotEqualTo(RawFrames.RST_STREAM);
      assertThat(frame.flags() & RawFrames.END_STREAM).isZero();
    }
    assertThat(client.statuses()).containsExactly("200");
    read.countDown();
    client.awaitEnd(1);
  }

  private static long ends(H2Client client) {
    return client.seen().stream()
        .filter(f -> f.stream() == 1 && f.type() <= RawFrames.HEADERS)
        .filter(f -> (f.flags() & RawFrames.END_STREAM) != 0)
        .count();
  }

  private static long resets(H2Client client) {
    return client.seen().stream()
        .filter(f -> f.stream() == 1 && f.type() == RawFrames.RST_STREAM)
        .count();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetBreaksTheStream(boolean forwarded) throws Exception {
    try (TestBackend backend = ending(0);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1)) {
      TestSite landing = landing(forwarded, nyc, fra, backend);
      try (H2Client client = H2Client.open(landing.http())) {
        ask(client);
        assertThat(resets(client)).isEqualTo(1);
        assertThat(ends(client)).isZero();
        assertThat(client.body(1)).isEqualTo(BEGUN);
        TestSite.await("it is counted", () -> landing.edge().stats().aborted() == 1);
      }
    }
  }

  /** What the other test could not tell from a reset that is taken for an end. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEndInOrderEndsTheStream(boolean forwarded) throws Exception {
    try (TestBackend backend = ending(-1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(landing(forwarded, nyc, fra, backend).http())) {
      ask(client);
      assertThat(ends(client)).isEqualTo(1);
      assertThat(resets(client)).isZero();
      assertThat(client.body(1)).isEqualTo(BEGUN);
    }
  }
}
