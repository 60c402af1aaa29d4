package io.landfall.edge.tls;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.CoveredHosts;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.TrustingTls;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients over TLS: the certificate follows the server name, and all else is as without. */
class TlsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void theServerNamePicksTheCertificateAndRequestsAreServed(@TempDir Path dir) throws Exception {
    ServerNames names =
        usable(
            identity(dir, "default.test"),
            identity(dir, "Shop.test"),
            identity(dir, "*.wild.test"));
    try (TestBackend backend = TestBackend.saying("secret");
        TestSite fra = new TestSite("fra", 1, c -> listening(c, names))) {
      fra.publish(Signal.UP, backends(backend));
      Map<String, String> shownFor =
          Map.of(
              "shop.test", "Shop.test",
              "sHOP.test", "Shop.test",
              "a.wild.test", "*.wild.test",
              "a.b.wild.test", "default.test",
              "wild.test", "default.test",
              "other.test", "default.test");
      for (String name : shownFor.keySet()) {
        SSLSocket socket = connect(fra.http(), name);
        try (RawClient client = new RawClient(socket)) {
          RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
          assertThat(answer.body()).isEqualTo("secret");
          assertThat(client.send("GET / HTTP/9\r\n\r\n").read().status()).isEqualTo(400);
          X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
          assertThat(shown.getSubjectX500Principal().getName())
              .isEqualTo("CN=" + shownFor.get(name));
        }
      }
      assertThat(backend.received.getFirst().all("forwarded").getFirst()).endsWith(";proto=https");
    }
  }

  @Test
  void aHostThatTheCertificateShownDoesNotCoverIsMisdirected(@TempDir Path dir) throws Exception {
    ServerNames names =
        usable(
            ServerNames.Hosts.CERTIFIED_ONLY,
            identity(dir, "default.test"),
            identity(dir, "shop.test"),
            identity(dir, "*.shop.test"));
    try (TestBackend backend = TestBackend.saying("secret");
        TestSite fra = new TestSite("fra", 1, c -> listening(c, names))) {
      fra.publish(Signal.UP, backends(backend));
      // By server name: hosts that are served, one after the other on one connection.
      Map<String, List<String>> served =
          Map.of(
              "shop.test", List.of("shop.test", "SHOP.test:443", "shop.test."),
              "a.shop.test", List.of("a.shop.test", "b.shop.test"));
      for (String name : served.keySet()) {
        try (RawClient client = new RawClient(connect(fra.http(), name))) {
          for (String host : served.get(name)) {
            assertThat(client.send(get(host)).read().status()).as(host).isEqualTo(200);
          }
          String other = name.equals("shop.test") ? "a.shop.test" : "shop.test";
          RawClient.Answer refused = client.send(get(other)).read();
          assertThat(refused.status()).isEqualTo(421);
          assertThat(refused.field("proxy-status").orElseThrow())
              .startsWith("fra; error=http_request_error; details=\"HOST_NOT_CERTIFIED: ");
          assertThat(refused.body()).contains("the certificate of this connection does not cover");
          assertThat(client.isEnded()).isTrue();
        }
      }
      // An absolute target is the host that counts, and without a fitting name the first is shown.
      for (String request :
          List.of(
              get("default.test").replace("GET /", "GET https://shop.test/"),
              get("shop.test"),
              get("b.a.shop.test"))) {
        try (RawClient client = new RawClient(connect(fra.http(), "other.test"))) {
          assertThat(client.send(request).read().status()).isEqualTo(421);
        }
      }
      assertThat(backend.received).hasSize(5);
    }
  }

  @Test
  void aCertificateCoversItsNamesOneLabelAtAWildcardAndItsAddresses() {
    CoveredHosts covered =
        CoveredHosts.of(
            List.of(
                List.of(2, "Shop.Test"),
                List.of(2, "*.wild.test"),
                List.of(2, "198.51.100.7"),
                List.of(2, "*.113.0.203"),
                List.of(2, "2001:db8::7"),
                List.of(2, "[2001:db8::8]"),
                List.of(7, "192.0.2.1"),
                List.of(7, "2001:db8:0:0:0:0:0:1"),
                List.of(1, "mail@other.test"),
                List.of(6, "https://uri.test")));
    assertThat(List.of("shop.test", "a.wild.test", "192.0.2.1", "[2001:db8::1]", "[2001:DB8::0:1]"))
        .allMatch(covered::covers);
    assertThat(
            List.of(
                "a.shop.test",
                "wild.test",
                ".wild.test",
                "a.b.wild.test",
                "192.0.2.2",
                "198.51.100.7",
                "7.113.0.203",
                "[2001:db8::7]",
                "[2001:db8::8]",
                "uri.test",
                "[2001:db8::2]",
                "2.0.2.1",
                "other.test",
                "",
                "test"))
        .noneMatch(covered::covers);
  }

  private static String get(String host) {
    return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  private static EdgeSettings listening(EdgeSettings c, ServerNames names) {
    return listening(c, EdgeListener.tls(ANY, names));
  }

  private static EdgeSettings listening(EdgeSettings c, EdgeListener listener) {
    return new EdgeSettings(
        c.node(), c.identity(), c.cdnId(), List.of(listener), 2, c.limits(), c.timeouts());
  }

  @Test
  void whoOffersOtherProtocolsOnlyIsRefusedInTheHandshake(@TempDir Path dir) throws Exception {
    ServerNames names =
        usable(ServerNames.of(List.of(identity(dir, "shop.test")), ServerNames.Hosts.ANY, false));
    try (TestSite fra =
        new TestSite("fra", 1, c -> listening(c, EdgeListener.tls(ANY, names).withoutHttp2()))) {
      fra.publish(Signal.DOWN, List.of());
      for (String offered : List.of("h2", "http/1.1x", "spdy/3 h2", "http/1.0", "h2 http/1.0")) {
        try (SSLSocket socket = connect(fra.http(), "shop.test", offered.split(" "))) {
          assertThatThrownBy(socket::startHandshake)
              .isInstanceOf(SSLHandshakeException.class)
              .hasMessageContaining("no_application_protocol");
        }
      }
      for (String offered : List.of("http/1.1", "h2 http/1.1", "http/1.0 http/1.1")) {
        SSLSocket socket = connect(fra.http(), "shop.test", offered.split(" "));
        try (RawClient client = new RawClient(socket)) {
          client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
          assertThat(client.read().status()).isEqualTo(503);
          assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
      }
    }
  }

  @Test
  void thePrefaceAloneIsNotHttp2OverTls(@TempDir Path dir) throws Exception {
    ServerNames names = usable(identity(dir, "shop.test"));
    try (TestSite fra = new TestSite("fra", 1, c -> listening(c, names))) {
      fra.publish(Signal.DOWN, List.of());
      for (String[] offered : List.of(new String[0], new String[] {"http/1.1"})) {
        SSLSocket socket = connect(fra.http(), "shop.test", offered);
        try (RawClient client = new RawClient(socket)) {
          client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
          assertThat(client.read().status()).isEqualTo(400);
        }
      }
    }
  }

  @Test
  void http2IsChosenWhereItIsOfferedAndHeldToTheCertificate(@TempDir Path dir) throws Exception {
    ServerNames names =
        usable(ServerNames.Hosts.CERTIFIED_ONLY, identity(dir, "*.test"), identity(dir, "a.b"));
    try (TestBackend backend = TestBackend.saying("secret");
        TestSite fra = new TestSite("fra", 1, c -> listening(c, names))) {
      fra.publish(Signal.UP, backends(backend));
      for (String offered : List.of("h2", "h2 http/1.1", "http/1.1 h2")) {
        SSLSocket socket = connect(fra.http(), "shop.test", offered.split(" "));
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        try (H2Client client = new H2Client(socket, new RawFrames().settings(0, 0))) {
          client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/")));
          assertThat(client.awaitEnd(1).statuses()).containsExactly("200");
        }
      }
      SSLSocket other = connect(fra.http(), "a.b", "h2");
      try (H2Client client = new H2Client(other, new RawFrames().settings(0, 0))) {
        for (int stream = 1; stream < 5; stream += 2) {
          client.send(new RawFrames().headers(stream, true, H2Client.request("GET", "/")));
          client.awaitEnd(stream);
        }
        // The connection goes on: other hosts of its certificate may follow.
        assertThat(client.statuses()).containsExactly("421", "421");
      }
      for (String refused : List.of("h3", "spdy/3", "http/1.0")) {
        try (SSLSocket socket = connect(fra.http(), "shop.test", refused)) {
          assertThatThrownBy(socket::startHandshake)
              .isInstanceOf(SSLHandshakeException.class)
              .hasMessageContaining("no_application_protocol");
        }
      }
      assertThat(backend.received).hasSize(3);
      assertThat(backend.received.getFirst().all("x-forwarded-proto")).containsExactly("https");
    }
  }

  @Test
  void aHandshakeOfACaIsAnsweredForANameWithAPendingChallengeAndEndsThere(@TempDir Path dir)
      throws Exception {
    ServerNames names = usable(identity(dir, "shop.test"));
    ServerNames.Identity proof = identity(dir, "proof.test");
    SslContext answer = ChallengeContexts.of(proof.key(), proof.chain().getFirst());
    try (TestSite fra = new TestSite("fra", 1, c -> listening(c, names))) {
      fra.publish(Signal.DOWN, List.of());
      fra.challenges =
          new ChallengeAnswers() {
            @Override
            public Optional<String> http(String host, String token) {
              return Optional.empty();
            }

            @Override
            public Optional<SslContext> tls(String serverName) {
              return serverName.equals("shop.test") ? Optional.of(answer) : Optional.empty();
            }
          };
      try (SSLSocket socket = connect(fra.http(), "shop.test", "acme-tls/1")) {
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("acme-tls/1");
        assertThat(((X509Certificate) socket.getSession().getPeerCertificates()[0]))
            .isEqualTo(proof.chain().getFirst());
        assertThat(socket.getInputStream().read()).as("the connection is closed").isEqualTo(-1);
      }
      try (SSLSocket socket = connect(fra.http(), "other.test", "acme-tls/1")) {
        assertThatThrownBy(socket::startHandshake)
            .isInstanceOf(SSLHandshakeException.class)
            .hasMessageContaining("no_application_protocol");
      }
      try (SSLSocket socket = connect(fra.http(), "shop.test", "http/1.1", "acme-tls/1")) {
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).as("a usual client").isEqualTo("http/1.1");
        assertThat(((X509Certificate) socket.getSession().getPeerCertificates()[0]))
            .isNotEqualTo(proof.chain().getFirst());
      }
    }
  }

  private static SSLSocket connect(InetSocketAddress to, String name, String... protocols)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {TrustingTls.trusting()}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Test
  void withoutACertificateThereIsNoListener() {
    assertThat(ServerNames.of(List.of(), ServerNames.Hosts.ANY, true))
        .isInstanceOf(ServerNames.Result.Unusable.class);
  }

  private static ServerNames usable(ServerNames.Identity... identities) {
    return usable(ServerNames.Hosts.ANY, identities);
  }

  private static ServerNames usable(ServerNames.Hosts hosts, ServerNames.Identity... identities) {
    return usable(ServerNames.of(List.of(identities), hosts, true));
  }

  private static ServerNames usable(ServerNames.Result result) {
    return switch (result) {
      case ServerNames.Result.Usable(ServerNames names) -> names;
      case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
    };
  }

  private static ServerNames.Identity identity(Path dir, String name) {
    return new TestKeys(dir).key(name, "-ext", "SAN=dns:" + name, "-validity", "2").identity(name);
  }
}
