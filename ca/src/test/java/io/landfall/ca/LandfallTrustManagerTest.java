package io.landfall.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Clock;
import io.landfall.core.HostAddress;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.AdmissionRefused;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.Credentials;
import io.landfall.trust.Fingerprints;
import io.landfall.trust.LandfallTrustManager;
import io.landfall.trust.PeerIdentity;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;

/** Real TLS 1.3 handshakes between two engines in memory; no socket. */
class LandfallTrustManagerTest {
  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return 0;
        }

        @Override
        public long wallMillis() {
          return Pki.NOW;
        }
      };

  private static Admission admissionOf(String name, HostAddress identity) {
    return new Admission(
        new AdmissionConfig(
            Pki.DOMAIN,
            Pki.BLOCK,
            List.of(Pki.CA.certificate()),
            new io.landfall.core.NodeName(name),
            identity));
  }

  private final Admission fra = admissionOf("fra", Pki.host("10.32.0.1"));
  private final Admission nyc = admissionOf("nyc", Pki.host("10.32.0.2"));
  private final Credentials fraCredentials =
      Pki.CA.issue(
          CertificateRequest.node(
              Pki.DOMAIN, Pki.FRA, Pki.host("10.32.0.1"), List.of(), Pki.NOW, Pki.DAY));

  private static SSLEngine engine(Admission admission, Credentials own, boolean client)
      throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(
        keys.getKeyManagers(),
        new TrustManager[] {new LandfallTrustManager(admission, CLOCK)},
        null);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(client);
    if (!client) {
      engine.setNeedClientAuth(true);
    }
    engine.beginHandshake();
    return engine;
  }

  private static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    for (int round = 0; round < 50; round++) {
      turn(client, toClient, toServer);
      turn(server, toServer, toClient);
      if (client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
          && server.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
        return;
      }
    }
    throw new SSLException("the handshake does not end");
  }

  private static void turn(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer plain = ByteBuffer.allocate(1 << 16);
    for (int i = 0; i < 50; i++) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        default -> {
          in.flip();
          int before = in.remaining();
          engine.unwrap(in, plain);
          int used = before - in.remaining();
          in.compact();
          if (used == 0) {
            return;
          }
        }
      }
    }
  }

  private Optional<AdmissionResult.Refused> refusalOfAHandshakeWith(Credentials nycCredentials)
      throws Exception {
    SSLEngine server = engine(fra, fraCredentials, false);
    try {
      handshake(engine(nyc, nycCredentials, true), server);
      return Optional.empty();
    } catch (SSLException e) {
      return AdmissionRefused.in(e);
    }
  }

  @Test
  void twoGoodNodesProveEachOther() throws Exception {
    SSLEngine client = engine(nyc, Pki.CA.issue(Pki.nyc()), true);
    SSLEngine server = engine(fra, fraCredentials, false);
    handshake(client, server);

    assertThat(peerOf(server, fra).name()).isEqualTo(Pki.NYC);
    assertThat(peerOf(client, nyc).name()).isEqualTo(Pki.FRA);
    assertThat(server.getSession().getProtocol()).isEqualTo("TLSv1.3");
  }

  private static PeerIdentity peerOf(SSLEngine engine, Admission admission)
      throws GeneralSecurityException, SSLException {
    List<X509Certificate> chain =
        java.util.Arrays.stream(engine.getSession().getPeerCertificates())
            .map(X509Certificate.class::cast)
            .toList();
    return ((AdmissionResult.Admitted) admission.check(chain, Pki.NOW)).peer();
  }

  @Test
  void aStrangersHandshakeFailsWithTheRuleAndIsCounted() throws Exception {
    CertificateAuthority other = CertificateAuthority.generate("Landfall test CA", Pki.NOW);
    Optional<AdmissionResult.Refused> refusal = refusalOfAHandshakeWith(other.issue(Pki.nyc()));
    assertThat(refusal.map(AdmissionResult.Refused::rule)).contains(AdmissionRule.WRONG_CA);
    assertThat(fra.refusals()).containsEntry("wrong-ca", 1L);
  }

  @Test
  void aCertificateWhoseTimeIsNotNowIsAnsweredByTheAlertForThat() throws Exception {
    for (CertificateRequest untimely :
        List.of(
            Pki.nyc().withValidity(Pki.NOW - Pki.DAY, Pki.NOW - 1000),
            Pki.nyc().withValidity(Pki.NOW + 60_000, Pki.NOW + Pki.DAY))) {
      SSLEngine server = engine(nyc, Pki.CA.issue(untimely), false);
      SSLEngine client = engine(fra, fraCredentials, true);
      // RFC 8446 section 6.2: "has expired or is not currently valid".
      assertThatThrownBy(() -> handshake(client, server))
          .hasMessageContaining("(certificate_expired)");
    }
  }

  @Test
  void whoClaimsOurIdentityProvesItsKeyAndIsRefusedByTheCheckAfterTheHandshake() throws Exception {
    SSLEngine server = engine(fra, fraCredentials, false);
    SSLEngine client = engine(fra, fraCredentials, true);
    handshake(client, server);
    for (SSLEngine engine : List.of(client, server)) {
      X509Certificate shown = (X509Certificate) engine.getSession().getPeerCertificates()[0];
      assertThat(fra.check(List.of(shown), Pki.NOW))
          .isInstanceOfSatisfying(
              AdmissionResult.Refused.class,
              refused -> {
                assertThat(refused.rule()).isEqualTo(AdmissionRule.OWN_IDENTITY);
                assertThat(refused.claimant().map(PeerIdentity::fingerprint))
                    .contains(Fingerprints.sha256(fraCredentials.chain().getFirst()));
              });
    }
  }

  /** Which method a TLS library calls depends on whether it has a socket, an engine or neither. */
  @Test
  void everyWayToAskRefusesAStranger() throws Exception {
    LandfallTrustManager manager = new LandfallTrustManager(fra, CLOCK);
    CertificateAuthority other = CertificateAuthority.generate("Somebody else", Pki.NOW);
    X509Certificate[] stranger = other.issue(Pki.nyc()).chain().toArray(new X509Certificate[0]);
    X509Certificate[] good = Pki.chain(Pki.nyc()).toArray(new X509Certificate[0]);
    try (Socket socket = new Socket()) {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine();
      Map<String, Asking> ways =
          Map.of(
              "client", chain -> manager.checkClientTrusted(chain, "EC"),
              "server", chain -> manager.checkServerTrusted(chain, "EC"),
              "client, socket", chain -> manager.checkClientTrusted(chain, "EC", socket),
              "server, socket", chain -> manager.checkServerTrusted(chain, "EC", socket),
              "client, engine", chain -> manager.checkClientTrusted(chain, "EC", engine),
              "server, engine", chain -> manager.checkServerTrusted(chain, "EC", engine));
      ways.forEach(
          (name, way) -> {
            assertThatCode(() -> way.ask(good)).as(name).doesNotThrowAnyException();
            assertThatThrownBy(() -> way.ask(stranger))
                .as(name)
                .isInstanceOf(AdmissionRefused.class);
          });
    }
    assertThat(manager.getAcceptedIssuers()).containsExactly(Pki.CA.certificate());
  }

  private interface Asking {
    void ask(X509Certificate[] chain) throws CertificateException;
  }

  @Test
  void anotherFailureIsNoRefusal() {
    assertThat(AdmissionRefused.in(new SSLException("eof"))).isEmpty();
    assertThat(AdmissionRefused.in(null)).isEmpty();
  }
}
