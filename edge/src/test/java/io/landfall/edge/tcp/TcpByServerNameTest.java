package io.landfall.edge.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestKeys;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.proxy.ProxyHeaders;
import io.landfall.edge.server.TestSite;
import io.landfall.edge.tls.ServerNames;
import io.landfall.testkit.TrustingTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a TCP service by the server name of their ClientHello. */
class TcpByServerNameTest {
  private static final TrustedProxies.Network LOOPBACK =
      new TrustedProxies.Network(InetAddress.getLoopbackAddress(), 32);

  @TempDir Path folder;
  private TestKeys keys;
  private ServerNames ours;
  private TcpBackend backend;

  @BeforeEach
  void start() {
    keys = new TestKeys(folder).authority("ca").site("edge", "ca", "dns:shop.test");
    keys.site("theirs", "ca", "dns:mail.test");
    ours =
        switch (ServerNames.of(List.of(keys.identity("edge")), ServerNames.Hosts.ANY, true)) {
          case ServerNames.Result.Usable(ServerNames names) -> names;
          case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
        };
    SSLContext theirs = keys.server("theirs", "ca");
    backend =
        new TcpBackend(
            plain -> {
              SSLSocketFactory factory = theirs.getSocketFactory();
              SSLSocket socket = (SSLSocket) factory.createSocket(plain, "", 0, true);
              socket.setUseClientMode(false);
              socket.getInputStream().transferTo(socket.getOutputStream());
            });
  }

  @AfterEach
  void stop() {
    backend.close();
  }

  /** A TLS connection whose ClientHello leaves in pieces of that size. */
  private static SSLSocket connect(InetSocketAddress to, String name, int pieceBytes)
      throws Exception {
    return connect(to, name, pieceBytes, new byte[0]);
  }

  /** The same with these bytes in front. */
  private static SSLSocket connect(
      InetSocketAddress to, String name, int pieceBytes, byte[] preface) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {TrustingTls.trusting()}, null);
    Socket plain =
        new Socket() {
          @Override
          public OutputStream getOutputStream() throws IOException {
            return new InPieces(super.getOutputStream(), pieceBytes);
          }
        };
    plain.setTcpNoDelay(true);
    plain.connect(to);
    plain.getOutputStream().write(preface);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, name, to.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(new String[] {"imap"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  /** Writes a few bytes at a time. */
  private static final class InPieces extends OutputStream {
    private final OutputStream to;
    private final int pieceBytes;

    InPieces(OutputStream to, int pieceBytes) {
      this.to = to;
      this.pieceBytes = pieceBytes;
    }

    @Override
    public void write(int each) throws IOException {
      to.write(each);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int at = 0; at < length; at += pieceBytes) {
        to.write(bytes, offset + at, Math.min(pieceBytes, length - at));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theBackendEndsTheTlsOfItsNames(boolean forwarded) throws Exception {
    try (TcpSites sites = new TcpSites(forwarded, TcpSites.byName(ours), backend)) {
      for (String name : List.of("mail.test", "MAIL.test", "a.mail.test")) {
        try (SSLSocket socket = connect(sites.landing.http(), name, Integer.MAX_VALUE)) {
          RawClient client = new RawClient(socket);
          client.send("hello");
          assertThat(client.readExactly(5)).asString(ISO_8859_1).isEqualTo("hello");
          X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
          assertThat(shown).isEqualTo(keys.certificate("theirs"));
        }
      }
      sites.awaitNone();
      assertThat(sites.landing.edge().decisions(1).getFirst().request().method()).isEqualTo("TCP");
      assertThat(sites.tunnels().opened()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aProxyHeaderStandsInFrontOfTls(boolean forwarded) throws Exception {
    UnaryOperator<EdgeSettings> behindProxy =
        usual -> {
          EdgeSettings byName = TcpSites.byName(ours).apply(usual);
          EdgeListener listener = byName.listeners().getFirst();
          return TestSite.listening(listener.behind(new TrustedProxies(List.of(LOOPBACK))))
              .apply(usual)
              .with(byName.tunnels());
        };
    try (TcpSites sites = new TcpSites(forwarded, behindProxy, backend)) {
      try (SSLSocket socket = connect(sites.landing.http(), "mail.test", 3, ProxyHeaders.ipv4())) {
        RawClient client = new RawClient(socket);
        client.send("hello");
        assertThat(client.readExactly(5)).asString(ISO_8859_1).isEqualTo("hello");
      }
      try (SSLSocket socket = connect(sites.landing.http(), "shop.test", 9, ProxyHeaders.ipv4())) {
        SSLParameters http = socket.getSSLParameters();
        http.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(http);
        RawClient client = new RawClient(socket);
        client.send("GET / HTTP/1.1\r\nHost: nothing.test\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(421);
      }
      sites.awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void aClientHelloMayComeInPieces(int pieceBytes) throws Exception {
    try (TcpSites sites = new TcpSites(false, TcpSites.byName(ours), backend)) {
      try (SSLSocket socket = connect(sites.landing.http(), "mail.test", pieceBytes)) {
        RawClient client = new RawClient(socket);
        client.send("hello");
        assertThat(client.readExactly(5)).asString(ISO_8859_1).isEqualTo("hello");
      }
      sites.awaitNone();
    }
  }

  /** A ClientHello in one record, with encrypted_client_hello (RFC 9849) in front of the name. */
  private static byte[] encryptedHello(String outerName) {
    byte[] enc = new byte[32];
    byte[] inner = new byte[240];
    new Random(1).nextBytes(enc);
    new Random(2).nextBytes(inner);
    // The outer form, HKDF-SHA256 with AES-128-GCM, the id of a config, and what HPKE has made.
    byte[] outer = joined(new byte[] {0, 0, 1, 0, 1, 42}, vector(2, enc), vector(2, inner));
    byte[] name = joined(new byte[] {0}, vector(2, outerName.getBytes(ISO_8859_1)));
    byte[] extensions =
        joined(
            new byte[] {(byte) 0xfe, 0x0d},
            vector(2, outer),
            new byte[] {0, 0},
            vector(2, vector(2, name)),
            // TLS 1.3 alone.
            new byte[] {0, 43},
            vector(2, vector(1, new byte[] {3, 4})));
    byte[] hello =
        joined(
            new byte[] {3, 3},
            enc,
            vector(1, enc),
            vector(2, new byte[] {0x13, 1}),
            vector(1, new byte[1]),
            vector(2, extensions));
    return joined(new byte[] {22, 3, 1}, vector(2, joined(new byte[] {1}, vector(3, hello))));
  }

  /** Bytes behind their length in so many octets. */
  private static byte[] vector(int lengthBytes, byte[] bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int shift = (lengthBytes - 1) * 8; shift >= 0; shift -= 8) {
      all.write(bytes.length >>> shift);
    }
    all.writeBytes(bytes);
    return all.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEncryptedHelloGoesByItsOuterNameAndArrivesUnchanged(boolean forwarded) {
    try (TcpBackend echo = TcpBackend.echo();
        TcpSites sites = new TcpSites(forwarded, TcpSites.byName(ours), echo)) {
      byte[] hello = encryptedHello("mail.test");
      try (RawClient client = sites.client().send(hello)) {
        assertThat(client.readExactly(hello.length)).isEqualTo(hello);
      }
      sites.awaitNone();
      assertThat(sites.tunnels().opened()).isEqualTo(1);
      // Another outer name is the listener's own, whatever the inner one is.
      try (RawClient client = sites.client().send(encryptedHello("shop.test"))) {
        assertThat(client.readToEnd()).isNotEqualTo(encryptedHello("shop.test"));
      }
      assertThat(sites.tunnels().opened()).isEqualTo(1);
    }
  }

  @Test
  void otherNamesAreThoseOfTheListenerAsBefore() throws Exception {
    try (TcpSites sites = new TcpSites(false, TcpSites.byName(ours), backend)) {
      for (String name : List.of("shop.test", "a.b.mail.test", "xmail.test")) {
        try (SSLSocket socket = connect(sites.landing.http(), name, Integer.MAX_VALUE)) {
          // Its ALPN has nothing that is spoken here.
          assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
        try (SSLSocket socket = connect(sites.landing.http(), name, Integer.MAX_VALUE)) {
          SSLParameters http = socket.getSSLParameters();
          http.setApplicationProtocols(new String[] {"http/1.1"});
          socket.setSSLParameters(http);
          RawClient client = new RawClient(socket);
          client.send("GET / HTTP/1.1\r\nHost: nothing.test\r\n\r\n");
          assertThat(client.read().status()).isEqualTo(421);
          assertThat(socket.getSession().getPeerCertificates()[0])
              .isEqualTo(keys.certificate("edge"));
        }
      }
      assertThat(backend.accepted).isEmpty();
    }
  }

  @Test
  void aHelloThatIsTooLongOrNeverWholeIsClosed() {
    try (TcpSites sites = new TcpSites(false, TcpSites.byName(ours), backend);
        RawClient silent = new RawClient(sites.landing.http());
        RawClient tooLong = new RawClient(sites.landing.http())) {
      // A record of 64 bytes, in it a ClientHello that is to have a megabyte.
      tooLong.send(new byte[] {22, 3, 1, 0, 64, 1, 16, 0, 0}).send(new byte[60]);
      assertThat(tooLong.isEnded()).isTrue();
      silent.send(new byte[] {22, 3, 1, 2, 0});
      assertThat(backend.accepted).isEmpty();
    }
  }

  @Test
  void whereTheServiceIsNowhereTheConnectionIsReset() throws Exception {
    try (TcpSites sites = new TcpSites(false, TcpSites.byName(ours), backend)) {
      TcpSites.publish(sites.nyc, Signal.DOWN, new HostedService(List.of(), 9));
      try (SSLSocket socket = connect(sites.landing.http(), "mail.test", Integer.MAX_VALUE)) {
        assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
      }
      sites.landing.awaitLastDecision(Reason.NO_SITE);
      TestSite.await("it is gone", () -> sites.nyc.edge().stats().clientConnections() == 0);
    }
  }
}
