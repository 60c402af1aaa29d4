package io.landfall.edge.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginServer;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Backends whose connections begin with a PROXY header. */
class ProxyBackendTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  /** What each connection began with, as far as its header had a client. */
  private final List<Optional<ClientAddresses>> headers = new CopyOnWriteArrayList<>();

  private final TestBackend backend =
      new TestBackend((request, in, out) -> TestBackend.ok(out, "hello"), this::readHeader);
  private final TestSite nyc = new TestSite("nyc", 2, ProxyBackendTest::few);
  private final TestSite fra = new TestSite("fra", 1);

  private static EdgeSettings few(EdgeSettings usual) {
    EdgeLimits limits = EdgeLimits.defaults();
    return new EdgeSettings(
        usual.node(),
        usual.identity(),
        usual.cdnId(),
        List.of(
            EdgeListener.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .behind(ProxyInputTest.from("127.0.0.9"))),
        1,
        new EdgeLimits(
            limits.messages(),
            new EdgeLimits.Connections(100, 2, 2, 4, 1000),
            limits.attempts(),
            limits.windows()),
        usual.timeouts());
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private Socket readHeader(Socket accepted) throws IOException {
    InputStream in = accepted.getInputStream();
    byte[] bytes = new byte[0];
    while (true) {
      int next = in.read();
      if (next < 0) {
        return accepted;
      }
      bytes = ProxyHeaders.join(bytes, new byte[] {(byte) next});
      try {
        ProxyHeader header = ProxyHeader.read(Unpooled.wrappedBuffer(bytes));
        if (header != null) {
          headers.add(header.client());
          return accepted;
        }
      } catch (BadProxyHeader e) {
        throw new IOException(e);
      }
    }
  }

  private void publish(ProxyProtocol version) {
    OriginPlace place =
        new OriginPlace(backend.address(), Optional.empty(), OriginProtocol.HTTP_1, version);
    nyc.publish(Signal.UP, List.of(new OriginServer(place, true, 1)));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
  }

  private static Socket from(String address, InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(address, 0));
    socket.connect(to);
    return socket;
  }

  private static Optional<ClientAddresses> of(Socket socket) {
    return ClientAddresses.of(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void aConnectionIsThatOfOneClient(ProxyProtocol version) throws IOException {
    publish(version);
    Socket one = from("127.0.0.5", nyc.http());
    Socket other = from("127.0.0.5", nyc.http());
    try (RawClient first = new RawClient(one);
        RawClient second = new RawClient(other)) {
      for (int i = 0; i < 3; i++) {
        assertThat(first.send(GET).read().body()).isEqualTo("hello");
        assertThat(second.send(GET).read().body()).isEqualTo("hello");
      }
      assertThat(headers).containsExactly(of(one), of(other));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void idleConnectionsOfOthersKeepNobodyOut(ProxyProtocol version) throws IOException {
    publish(version);
    for (int i = 0; i < 5; i++) {
      Socket socket = from("127.0.0.5", nyc.http());
      Optional<ClientAddresses> ends = of(socket);
      try (RawClient client = new RawClient(socket)) {
        assertThat(client.send(GET).read().status()).isEqualTo(200);
        assertThat(headers.getLast()).isEqualTo(ends);
      }
    }
    assertThat(headers).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void theClientOfAHeaderIsPassedOn(ProxyProtocol version) throws IOException {
    publish(version);
    try (RawClient client = new RawClient(from("127.0.0.9", nyc.http()))) {
      client.send(ProxyHeaders.ipv4()).send(GET.getBytes(ISO_8859_1));
      assertThat(client.read().body()).isEqualTo("hello");
    }
    assertThat(headers).containsExactly(ClientAddresses.parse("192.0.2.7:4711 198.51.100.1:443"));
  }

  @Test
  void whatTheCacheFetchesIsOfNoOneClient() {
    OriginPlace place =
        new OriginPlace(
            backend.address(), Optional.empty(), OriginProtocol.HTTP_1, ProxyProtocol.V2);
    CacheSettings cached = CacheSettings.of(1 << 20, Map.of(TestSite.SHOP, CachePolicy.DEFAULT));
    try (TestSite site = new TestSite("ams", 3, usual -> usual.with(cached))) {
      site.publish(Signal.UP, List.of(new OriginServer(place, true, 1)));
      assertThat(RawClient.get(site.http(), "shop.test", "/").body()).isEqualTo("hello");
    }
    assertThat(headers).containsExactly(Optional.empty());
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void theClientIsKnownAtTheNodeThatServesAForwardedRequest(ProxyProtocol version)
      throws IOException {
    publish(version);
    Socket one = from("127.0.0.5", fra.http());
    Socket other = from("127.0.0.6", fra.http());
    List<Optional<ClientAddresses>> ends = List.of(of(one), of(other));
    String lying = GET.replace("\r\n\r\n", "\r\nLandfall-Client: 192.0.2.1:1 192.0.2.2:2\r\n\r\n");
    try (RawClient first = new RawClient(one);
        RawClient second = new RawClient(other)) {
      assertThat(first.send(lying).read().body()).isEqualTo("hello");
      assertThat(second.send(GET).read().body()).isEqualTo("hello");
      assertThat(first.send(GET).read().body()).isEqualTo("hello");
    }
    assertThat(headers).isEqualTo(ends);
    assertThat(backend.received)
        .allSatisfy(request -> assertThat(request.all("landfall-client")).isEmpty());
  }
}
