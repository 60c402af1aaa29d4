package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSockets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who has ended its direction of a connection and reads slowly gets every byte that is for it, and
 * then an end in order.
 */
class SlowHalfClosedTest {
  private static final byte[] MUCH = much();
  private static final int LITTLE_ROOM = 4096;

  @AutoClose private final TestSite nyc = cachedSite("nyc", 2);
  @AutoClose private final TestSite fra = cachedSite("fra", 1);

  /** More than the buffers of all sockets on the way hold, and no piece of it like another. */
  private static byte[] much() {
    byte[] made = new byte[6 << 20];
    for (int i = 0; i < made.length; i++) {
      made[i] = (byte) (i ^ (i >>> 8) ^ (i >>> 16));
    }
    return made;
  }

  private static TestSite cachedSite(String name, int number) {
    CacheSettings cache = CacheSettings.of(256 << 20, Map.of(TestSite.SHOP, CachePolicy.DEFAULT));
    return new TestSite(name, number, settings -> settings.with(cache));
  }

  /** Where clients land: at the site with the backend, or at one that forwards to it. */
  private InetSocketAddress landing(boolean forwarded, TestBackend backend) {
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    return (forwarded ? fra : nyc).http();
  }

  private static RawClient slowClient(InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(LITTLE_ROOM);
    socket.connect(to, RawClient.DEADLINE_MILLIS);
    return new RawClient(socket);
  }

  /** Reads to the end by little pieces: whoever writes is faster, and has to wait for room. */
  private static byte[] readSlowly(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[LITTLE_ROOM / 4];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      all.write(piece, 0, read);
    }
    return all.toByteArray();
  }

  private static byte[] readSlowly(RawClient client) throws IOException {
    return readSlowly(
        new InputStream() {
          @Override
          public int read() {
            return client.readByte();
          }

          @Override
          public int read(byte[] into, int from, int length) {
            return client.read(into);
          }
        });
  }

  private void awaitNone() {
    for (TestSite site : List.of(nyc, fra)) {
      TestSite.await("all is over", () -> site.edge().stats().requestsInProgress() == 0);
      assertThat(site.edge().stats().aborted()).isZero();
      assertThat(site.edge().stats().tunnels().broken()).isZero();
    }
  }

  private static boolean sendMuch(OutputStream out, String more) throws IOException {
    TestBackend.raw(
        out, "HTTP/1.1 200 OK\r\n" + more + "Content-Length: " + MUCH.length + "\r\n\r\n");
    out.write(MUCH);
    return true;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientGetsTheWholeResponse(boolean forwarded) throws Exception {
    try (TestBackend backend =
            new TestBackend((request, in, out) -> sendMuch(out, "Cache-Control: no-store\r\n"));
        RawClient client = slowClient(landing(forwarded, backend))) {
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").endOutput();
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(readSlowly(client)).isEqualTo(MUCH);
      awaitNone();
    }
  }

  @Test
  void aClientGetsTheWholeOfWhatIsStored() throws Exception {
    try (TestBackend backend =
        new TestBackend((request, in, out) -> sendMuch(out, "Cache-Control: max-age=600\r\n"))) {
      InetSocketAddress landing = landing(false, backend);
      RawClient.get(landing, "shop.test", "/");
      try (RawClient client = slowClient(landing)) {
        client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").endOutput();
        RawClient.Answer head = client.readHead();
        assertThat(head.all("cache-status").getFirst()).contains("; hit");
        assertThat(readSlowly(client)).isEqualTo(MUCH);
      }
      assertThat(backend.received).hasSize(1);
      awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendGetsTheWholeUploadOfAClientThatHasEndedItsDirection(boolean forwarded)
      throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    TestBackend.Behaviour late =
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          received.complete(in.readNBytes(MUCH.length));
          return TestBackend.ok(out, "thanks");
        };
    try (TestBackend backend = new TestBackend(late);
        RawClient client = new RawClient(landing(forwarded, backend))) {
      // The backend of these tests leaves the body of such a path to the behaviour.
      String head = "POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + MUCH.length;
      CompletableFuture<RawClient> sending =
          CompletableFuture.supplyAsync(
              () -> client.send(head + "\r\n\r\n").send(MUCH).endOutput());
      TestSite.await("the request is at the backend", () -> backend.received.size() == 1);
      go.countDown();
      assertThat(WebSockets.of(received)).isEqualTo(MUCH);
      assertThat(WebSockets.of(sending).read().body()).isEqualTo("thanks");
      assertThat(client.isEnded()).isTrue();
      awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientGetsAllOfATunnelThatItHasEndedFirst(boolean forwarded) throws Exception {
    WebSockets.Talk talk =
        (in, out) -> {
          assertThat(in.read()).isNegative();
          out.write(MUCH);
        };
    try (TestBackend backend = WebSockets.backend(talk);
        RawClient client = slowClient(landing(forwarded, backend))) {
      assertThat(client.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
      client.endOutput();
      assertThat(readSlowly(client)).isEqualTo(MUCH);
      awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendGetsAllOfATunnelThatItHasEndedFirst(boolean forwarded) throws Exception {
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    WebSockets.Talk slow = (in, out) -> received.complete(readSlowly(in));
    try (TestBackend backend = WebSockets.backend(slow);
        RawClient client = new RawClient(landing(forwarded, backend))) {
      assertThat(client.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
      backend.accepted.getLast().shutdownOutput();
      assertThat(client.readByte()).isNegative();
      client.send(MUCH).endOutput();
      assertThat(WebSockets.of(received)).isEqualTo(MUCH);
      awaitNone();
    }
  }
}
