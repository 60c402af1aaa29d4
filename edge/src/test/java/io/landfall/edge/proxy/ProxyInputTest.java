package io.landfall.edge.proxy;

import static io.landfall.edge.proxy.ProxyHeaders.ipv4;
import static io.landfall.edge.proxy.ProxyHeaders.join;
import static io.landfall.edge.proxy.ProxyHeaders.v2;
import static io.landfall.edge.proxy.ProxyHeaders.withChecksum;
import static io.landfall.edge.server.TestSite.backends;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.ProxyFault;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.server.TestSite;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections of sources that have to begin with a PROXY header, at a whole edge. */
class ProxyInputTest {
  private static final byte[] GET =
      "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n".getBytes(ISO_8859_1);
  private static final byte[] LINE =
      "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n".getBytes(ISO_8859_1);
  private static final String USUAL = "192.0.2.7";

  private final TestBackend backend = TestBackend.saying("hello");
  private final TestSite site = published(new TestSite("fra", 1, ProxyInputTest::behindProxies));

  private TestSite published(TestSite made) {
    made.publish(Signal.UP, backends(backend));
    return made;
  }

  static TrustedProxies from(String address) {
    return new TrustedProxies(
        List.of(new TrustedProxies.Network(InetAddress.ofLiteral(address), 32)));
  }

  private static EdgeSettings behindProxies(EdgeSettings usual) {
    return TestSite.listening(
            EdgeListener.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .behind(from("127.0.0.1")))
        .apply(usual);
  }

  @AfterEach
  void stop() {
    site.close();
    backend.close();
  }

  private RawClient client() {
    return new RawClient(site.http());
  }

  private String forwardedFor() {
    return backend.received.getLast().all("x-forwarded-for").getFirst();
  }

  @Test
  void theClientOfTheHeaderIsTheClientOfTheConnection() {
    for (byte[] header : List.of(LINE, ipv4(), withChecksum(true))) {
      try (RawClient client = client()) {
        client.send(join(header, GET, GET));
        assertThat(client.read().body()).isEqualTo("hello");
        assertThat(forwardedFor()).isEqualTo(USUAL);
        assertThat(backend.received.getLast().all("forwarded").getFirst())
            .startsWith("for=192.0.2.7;");
        assertThat(client.read().body()).isEqualTo("hello");
        assertThat(forwardedFor()).isEqualTo(USUAL);
      }
    }
    assertThat(faults()).containsOnlyKeys(ProxyFault.values()).containsValue(0L);
  }

  @Test
  void aHeaderMayArriveByteByByte() {
    for (byte[] header : List.of(LINE, withChecksum(true))) {
      try (RawClient client = client()) {
        for (byte each : join(header, GET)) {
          client.send(new byte[] {each});
        }
        assertThat(client.read().body()).isEqualTo("hello");
        assertThat(forwardedFor()).isEqualTo(USUAL);
      }
    }
  }

  @Test
  void withoutAClientInItTheSocketCounts() {
    for (byte[] header :
        List.of(
            v2(0x20, 0, new byte[0]),
            v2(0x21, 0, new byte[0]),
            "PROXY UNKNOWN\r\n".getBytes(ISO_8859_1))) {
      try (RawClient client = client()) {
        client.send(join(header, GET));
        assertThat(client.read().body()).isEqualTo("hello");
        assertThat(forwardedFor()).isEqualTo("127.0.0.1");
      }
    }
  }

  @Test
  void theClientOfHttp2IsThatOfTheHeaderToo() throws Exception {
    try (RawClient client = client()) {
      client.send(join(ipv4(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1)));
      client.send(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      // HEADERS with END_STREAM and END_HEADERS: GET, http, "/" and :authority shop.test.
      byte[] block = join(new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 9}, text());
      client.send(join(new byte[] {0, 0, (byte) block.length, 1, 5, 0, 0, 0, 1}, block));
      TestSite.await("the request arrives", () -> !backend.received.isEmpty());
      assertThat(forwardedFor()).isEqualTo(USUAL);
    }
  }

  private static byte[] text() {
    return "shop.test".getBytes(ISO_8859_1);
  }

  @Test
  void whatIsNoGoodHeaderIsClosedAndCounted() {
    Map<ProxyFault, byte[]> bad =
        Map.of(
            ProxyFault.NO_HEADER, GET,
            ProxyFault.MALFORMED, "PROXY TCP4 a b 1 2\r\n".getBytes(ISO_8859_1),
            ProxyFault.CHECKSUM, withChecksum(false),
            ProxyFault.TOO_LONG, v2(0x20, 0, new byte[5000]));
    bad.forEach(
        (fault, bytes) -> {
          try (RawClient client = client()) {
            client.send(bytes);
            assertThat(client.isEnded()).as(fault.name()).isTrue();
          }
          assertThat(faults()).as(fault.name()).containsEntry(fault, 1L);
        });
    assertThat(backend.received).isEmpty();
    TestSite.await("no client is left", () -> site.edge().stats().clientConnections() == 0);
  }

  @Test
  void aClientThatEndsBeforeItsHeaderIsWholeIsClosed() {
    try (RawClient client = client()) {
      client.send("PROXY TCP4").endOutput();
      assertThat(client.isEnded()).isTrue();
    }
    assertThat(faults()).containsEntry(ProxyFault.ENDED, 1L);
  }

  @Test
  void aSilentSourceIsClosedAfterTheTimeOfAHead() {
    try (RawClient silent = client();
        RawClient slow = client()) {
      slow.send("PROXY TC");
      TestSite.await("both wait", () -> site.edge().stats().clientConnections() == 2);
      site.letPass(60_000);
      assertThat(silent.isEnded()).isTrue();
      assertThat(slow.isEnded()).isTrue();
    }
    assertThat(faults()).containsEntry(ProxyFault.TIMEOUT, 2L);
  }

  private Map<ProxyFault, Long> faults() {
    return site.edge().stats().clients().proxyFaults();
  }

  @Test
  void ofOtherSourcesNoHeaderIsLookedFor() {
    try (TestSite other =
        published(
            new TestSite(
                "nyc",
                2,
                TestSite.listening(
                    EdgeListener.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .behind(from("127.0.0.2")))))) {
      assertThat(RawClient.get(other.http(), "shop.test", "/").body()).isEqualTo("hello");
      for (byte[] header : List.of(LINE, ipv4())) {
        try (RawClient client = new RawClient(other.http())) {
          client.send(join(header, GET));
          assertThat(client.read().status()).isEqualTo(400);
        }
      }
    }
  }

  @Test
  void whoIsTrustedIsFoundByTheHeader() {
    try (TestSite other =
        published(
            new TestSite(
                "nyc",
                2,
                c ->
                    behindProxies(c)
                        .with(
                            new ClientClaims(from("192.0.2.7"), ClientClaims.Lookalikes.DROP))))) {
      byte[] request =
          "GET / HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"
              .getBytes(ISO_8859_1);
      try (RawClient client = new RawClient(other.http())) {
        client.send(join(LINE, request)).read();
        assertThat(forwardedFor()).isEqualTo("203.0.113.9, 192.0.2.7");
      }
      try (RawClient client = new RawClient(other.http())) {
        client.send(join(v2(0x20, 0, new byte[0]), request)).read();
        assertThat(forwardedFor()).isEqualTo("127.0.0.1");
      }
    }
  }
}
