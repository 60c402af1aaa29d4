package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend sends behind the body of a response (RFC 9110 section 6.5) reaches the client. */
class TrailersTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String BODY = "5\r\nhello\r\n0\r\n";

  private static TestBackend backend(String trailers) {
    return new TestBackend(
        (request, in, out) -> TestBackend.raw(out, HEAD + BODY + trailers + "\r\n"));
  }

  private static String read(InetSocketAddress from, String more) throws Exception {
    try (Socket socket = new Socket(from.getAddress(), from.getPort())) {
      String request = "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n" + more + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static void overHttp2(InetSocketAddress from) throws Exception {
    try (H2Client client = H2Client.open(from)) {
      client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
      assertThat(client.body(1)).isEqualTo("hello");
      assertThat(client.lastHead().get("x-sum")).hasToString("7");
      assertThat(client.lastHead().size()).isEqualTo(1);
    }
  }

  @Test
  void ofABackendHere() throws Exception {
    try (TestBackend backend = backend("X-Sum: 7\r\n");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      overHttp2(fra.http());
      assertThat(read(fra.http(), "TE: trailers\r\n")).endsWith(BODY + "x-sum: 7\r\n\r\n");
      // Nothing tells that this one can take them.
      assertThat(read(fra.http(), "")).endsWith(BODY + "\r\n");
    }
  }

  @Test
  void ofABackendBehindAnotherNode() throws Exception {
    try (TestBackend backend = backend("X-Sum: 7\r\n");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      overHttp2(fra.http());
      assertThat(read(fra.http(), "TE: trailers\r\n")).endsWith(BODY + "x-sum: 7\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theResponseIsWholeWithoutThoseThatMustNotBeAny(boolean forwarded) throws Exception {
    try (TestBackend backend = backend("Set-Cookie: a=b\r\nX-Sum: 7\r\nContent-Length: 5\r\n");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      InetSocketAddress landing = (forwarded ? fra : nyc).http();
      overHttp2(landing);
      assertThat(read(landing, "TE: trailers\r\n")).endsWith(BODY + "x-sum: 7\r\n\r\n");
      assertThat(read(landing, "")).endsWith(BODY + "\r\n");
      assertThat(nyc.edge().stats().defences().droppedTrailers()).isEqualTo(3 * 2);
      assertThat(nyc.edge().stats().aborted()).isZero();
    }
  }

  /** The other node is not relied on to have dropped them; and none is left here. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thoseOfAnotherNodeAreSortedTooAndMayAllGo(boolean http2) throws Exception {
    byte[] head = H2Client.fields(":status", "200");
    byte[] trailers = H2Client.fields("set-cookie", "a=b");
    byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
    try (Impostor node =
            new Impostor(
                stream ->
                    new RawFrames()
                        .headers(stream, false, head)
                        .frame(RawFrames.DATA, 0, stream, body)
                        .headers(stream, true, trailers));
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(fra.http())) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(9, node.address()));
      if (http2) {
        client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
        assertThat(client.body(1)).isEqualTo("hello");
        assertThat(client.statuses()).containsExactly("200");
        assertThat(client.lastHead().contains("set-cookie")).isFalse();
      } else {
        assertThat(read(fra.http(), "TE: trailers\r\n")).endsWith(BODY + "\r\n");
      }
      assertThat(fra.edge().stats().defences().droppedTrailers()).isEqualTo(1);
    }
  }

  /** Where a line is malformed it is in doubt where the response ends. */
  @Test
  void aLineThatIsNoFieldBreaksTheResponse() throws Exception {
    try (TestBackend backend = backend("X-Sum : 7\r\n");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThatThrownBy(() -> read(fra.http(), "")).hasMessageContaining("reset");
    }
  }
}
