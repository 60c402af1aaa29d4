package io.landfall.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestKeys;
import io.landfall.edge.TlsContexts;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.Await;
import io.landfall.testkit.TrustingTls;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of many certificates a client is shown: by its name, and by what it can verify. */
class CertificateChoiceTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static final String[] RSA_ONLY = {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"};
  private static final String[] EC_ONLY = {"ecdsa_secp256r1_sha256"};
  private static final String[] ALL = {
    "rsa_pss_rsae_sha256", "rsa_pkcs1_sha256", "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384"
  };

  @TempDir static Path folder;
  private static TestKeys keys;

  @BeforeAll
  static void makeKeys() {
    keys =
        new TestKeys(folder)
            .key("usual", with("ECDSA", "dns:usual.test"))
            .rsaKey("usual-rsa", with("RSA", "dns:usual.test"))
            .key("both-ec", with("ECDSA", "dns:both.test,dns:*.both.test"))
            .rsaKey("both-rsa", with("RSA", "dns:both.test"))
            .key("exact", with("ECDSA", "dns:www.both.test"))
            .rsaKey("rsa", with("RSA", "dns:rsa.test"));
  }

  /** Names, and a signature that a client with few algorithms takes. */
  private static String[] with(String algorithm, String names) {
    return new String[] {"-ext", "SAN=" + names, "-sigalg", "SHA256with" + algorithm};
  }

  private static ServerNames names(ServerNames.UnknownName unknown, String... aliases) {
    List<ServerNames.Identity> identities = Stream.of(aliases).map(keys::identity).toList();
    assertThat(ServerNames.clash(identities)).isEmpty();
    return switch (ServerNames.of(
        identities, new ServerNames.Rules(ServerNames.Hosts.CERTIFIED_ONLY, unknown, true))) {
      case ServerNames.Result.Usable(ServerNames names) -> names;
      case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
    };
  }

  private static ServerNames all(ServerNames.UnknownName unknown) {
    return names(unknown, "usual", "usual-rsa", "both-ec", "both-rsa", "exact", "rsa");
  }

  private static TestSite site(ServerNames names) throws Exception {
    TestSite fra = new TestSite("fra", 1, TestSite.listening(EdgeListener.tls(ANY, names)));
    fra.publish(Signal.DOWN, List.of());
    return fra;
  }

  private static SSLSocket connect(
      InetSocketAddress to, String name, String version, String... schemes) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {TrustingTls.trusting()}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    if (!name.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    parameters.setProtocols(new String[] {version});
    parameters.setSignatureSchemes(schemes);
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static String shown(InetSocketAddress to, String name, String version, String... schemes)
      throws Exception {
    try (SSLSocket socket = connect(to, name, version, schemes)) {
      socket.startHandshake();
      X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName().substring("CN=".length());
    }
  }

  private static SslContext context(ServerNames names, String host) {
    return names
        .choose(new TlsContexts.Offer(Optional.of(host), EnumSet.allOf(TlsContexts.KeyKind.class)))
        .orElseThrow();
  }

  private static ServerNames following(
      ServerNames before, ServerNames.Rules rules, String... aliases) {
    return switch (ServerNames.of(
        Stream.of(aliases).map(keys::identity).toList(), rules, Optional.of(before))) {
      case ServerNames.Result.Usable(ServerNames names) -> names;
      case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
    };
  }

  @Test
  void aCertificateKeepsItsContextWhileTheRulesAreTheSameAndNoLonger() {
    ServerNames before = names(ServerNames.UnknownName.DEFAULT, "usual", "exact");
    ServerNames same = following(before, before.rules(), "exact", "rsa");
    assertThat(context(same, "www.both.test")).isSameAs(context(before, "www.both.test"));
    assertThat(context(same, "rsa.test")).isNotSameAs(context(before, "usual.test"));
    ServerNames.ClientAuthority authority =
        new ServerNames.ClientAuthority(keys.identity("usual").chain(), true);
    ServerNames.Rules others =
        new ServerNames.Rules(
            ServerNames.Hosts.CERTIFIED_ONLY,
            ServerNames.UnknownName.DEFAULT,
            true,
            Optional.of(authority));
    ServerNames asking = following(before, others, "usual", "exact");
    assertThat(context(asking, "www.both.test")).isNotSameAs(context(before, "www.both.test"));
  }

  @Test
  void ofTwoForOneNameTheClientGetsTheOneThatItCanVerify() throws Exception {
    try (TestSite fra = site(all(ServerNames.UnknownName.DEFAULT))) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        InetSocketAddress to = fra.http();
        assertThat(shown(to, "both.test", version, ALL)).isEqualTo("both-ec");
        assertThat(shown(to, "both.test", version, EC_ONLY)).isEqualTo("both-ec");
        assertThat(shown(to, "both.test", version, RSA_ONLY)).isEqualTo("both-rsa");
        // The name comes first: an exact one before a wildcard, if the client can verify it.
        assertThat(shown(to, "www.both.test", version, ALL)).isEqualTo("exact");
        assertThat(shown(to, "a.both.test", version, ALL)).isEqualTo("both-ec");
        assertThat(shown(to, "rsa.test", version, ALL)).isEqualTo("rsa");
        // No name, an unknown one, and one more label than the wildcard has: the first.
        for (String name : List.of("", "other.test", "a.b.both.test")) {
          assertThat(shown(to, name, version, ALL)).isEqualTo("usual");
          assertThat(shown(to, name, version, RSA_ONLY)).isEqualTo("usual-rsa");
        }
        assertThatThrownBy(() -> shown(to, "rsa.test", version, EC_ONLY))
            .isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  void anUnknownNameIsRefusedInTheHandshakeWhereThatIsAsked() throws Exception {
    try (TestSite fra = site(all(ServerNames.UnknownName.REFUSE))) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        for (String name : List.of("", "other.test", "a.b.both.test")) {
          assertThatThrownBy(() -> shown(fra.http(), name, version, ALL))
              .isInstanceOf(SSLException.class)
              .hasMessageContaining("unrecognized_name");
        }
        assertThat(shown(fra.http(), "a.both.test", version, ALL)).isEqualTo("both-ec");
      }
      assertThat(all(ServerNames.UnknownName.REFUSE).takes("other.test")).isFalse();
    }
  }

  @Test
  void aHandshakeThatIsRefusedCountsOnce() throws Exception {
    TlsStore store = new TlsStore(names(ServerNames.UnknownName.REFUSE, "usual"));
    try (TestSite fra = new TestSite("fra", 1, TestSite.listening(EdgeListener.tls(ANY, store)))) {
      fra.publish(Signal.DOWN, List.of());
      assertThatThrownBy(() -> shown(fra.http(), "other.test", "TLSv1.3", ALL))
          .hasMessageContaining("unrecognized_name");
      try (SSLSocket socket = connect(fra.http(), "usual.test", "TLSv1.3", ALL)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"acme-tls/1"});
        socket.setSSLParameters(parameters);
        assertThatThrownBy(socket::startHandshake).hasMessageContaining("no_application_protocol");
      }
      shown(fra.http(), "usual.test", "TLSv1.3", ALL);
      Await.until(
          "each handshake is counted once",
          () -> store.handshakes().equals(new TlsStore.Handshakes(0, 1, 2)),
          () -> store.handshakes().toString());
    }
  }

  @Test
  void aHostIsHeldToTheCertificateThatWasChosen() throws Exception {
    try (TestSite fra = site(all(ServerNames.UnknownName.DEFAULT))) {
      // The EC certificate has the wildcard, the RSA one has not.
      try (RawClient client = new RawClient(connect(fra.http(), "both.test", "TLSv1.3", ALL))) {
        assertThat(isMisdirected(client, "a.both.test")).isFalse();
      }
      try (RawClient client =
          new RawClient(connect(fra.http(), "both.test", "TLSv1.3", RSA_ONLY))) {
        assertThat(isMisdirected(client, "both.test")).isFalse();
        assertThat(isMisdirected(client, "a.both.test")).isTrue();
      }
    }
  }

  private static boolean isMisdirected(RawClient client, String host) throws Exception {
    return client
        .send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
        .read()
        .field("proxy-status")
        .orElseThrow()
        .contains("HOST_NOT_CERTIFIED");
  }

  @Test
  void otherCertificatesAreForNewConnectionsAndOpenOnesGoOn() throws Exception {
    TlsStore store = new TlsStore(names(ServerNames.UnknownName.DEFAULT, "both-ec"));
    try (TestSite fra = new TestSite("fra", 1, TestSite.listening(EdgeListener.tls(ANY, store)))) {
      fra.publish(Signal.DOWN, List.of());
      SSLSocket open = connect(fra.http(), "both.test", "TLSv1.3", ALL);
      try (RawClient client = new RawClient(open)) {
        assertThat(isMisdirected(client, "both.test")).isFalse();
        store.put(names(ServerNames.UnknownName.DEFAULT, "both-rsa"));
        assertThat(shown(fra.http(), "both.test", "TLSv1.3", ALL)).isEqualTo("both-rsa");
        // Held to what it was shown, which has the wildcard.
        assertThat(isMisdirected(client, "a.both.test")).isFalse();
      }
      assertThatThrownBy(() -> shown(fra.http(), "both.test", "TLSv1.2", EC_ONLY))
          .isInstanceOf(SSLException.class);
      assertThat(shown(fra.http(), "both.test", "TLSv1.2", ALL)).isEqualTo("both-rsa");
      Await.until(
          "handshakes are counted, also the one that failed",
          () -> store.handshakes().equals(new TlsStore.Handshakes(1, 2, 1)),
          () -> store.handshakes().toString());
    }
  }

  @Test
  void twoForOneNameWithKeysOfOneKindAreToldApartByNothing() {
    keys.key("again", "-ext", "SAN=dns:new.test,dns:both.test");
    List<ServerNames.Identity> identities =
        Stream.of("usual", "both-rsa", "both-ec", "again").map(keys::identity).toList();
    assertThat(ServerNames.clash(identities)).contains(new ServerNames.Clash(2, 3, "both.test"));
    // A name that stands twice in one certificate is one name.
    keys.key("twice", "-ext", "SAN=dns:twice.test,dns:twice.test");
    assertThat(ServerNames.clash(List.of(keys.identity("twice")))).isEmpty();
  }
}
