package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.edge.tls.TlsStore;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that clients resume by tickets (RFC 8446 section 2.2), with BoringSSL. A client that
 * resumes one does not look at the certificate, so full handshakes are counted by that.
 */
class ClientTlsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final CertificateAuthority ca =
      CertificateAuthority.generate("Test", System.currentTimeMillis());
  private final AtomicInteger fullHandshakes = new AtomicInteger();
  private final ServerNames.Identity shop = identity("shop.test");
  private final ServerNames.Identity api = identity("api.test");
  @TempDir Path folder;
  private TlsServer server;
  private SSLContext client;

  @BeforeEach
  void aClient() throws GeneralSecurityException {
    client = SSLContext.getInstance("TLS");
    client.init(null, new TrustManager[] {new Counting()}, null);
    server = new TlsServer(store(TicketKeys.random(RANDOM), shop), 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Another server in place of the one that runs, as another process. */
  private void serve(TlsStore store, int port) {
    server.close();
    server = new TlsServer(store, port);
  }

  private ServerNames.Identity identity(String name) {
    Credentials made =
        ca.issue(
            CertificateRequest.site(
                List.of(name), System.currentTimeMillis(), TestWorld.DAY_MILLIS));
    return new ServerNames.Identity(made.key(), made.chain());
  }

  private static TlsStore store(TicketKeys keys, ServerNames.Identity... identities) {
    TlsStore store = new TlsStore(names(identities));
    store.put(keys);
    return store;
  }

  private static ServerNames names(ServerNames.Identity... identities) {
    if (ServerNames.of(List.of(identities), ServerNames.Hosts.CERTIFIED_ONLY, true)
        instanceof ServerNames.Result.Usable(ServerNames names)) {
      return names;
    }
    throw new AssertionError("unusable");
  }

  /** One connection with a request; whether the handshake was a full one. */
  private boolean isFull(String version, String name) {
    int before = fullHandshakes.get();
    InetSocketAddress to = server.address();
    try (Socket tcp = new Socket(to.getAddress(), to.getPort());
        SSLSocket socket =
            (SSLSocket) client.getSocketFactory().createSocket(tcp, "site", to.getPort(), true)) {
      socket.setSoTimeout(30_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      parameters.setProtocols(new String[] {version});
      socket.setSSLParameters(parameters);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readNBytes(TlsServer.ANSWER.length()), US_ASCII))
          .isEqualTo(TlsServer.ANSWER);
      return fullHandshakes.get() > before;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSessionIsResumedAsLongAsTheKeyOfItsTicketIsKept(String version) {
    TicketKeys first = TicketKeys.random(RANDOM);
    TlsStore store = store(first, shop, api);
    serve(store, 0);
    assertThat(isFull(version, "shop.test")).isTrue();
    assertThat(isFull(version, "shop.test")).isFalse();
    assertThat(isFull(version, "shop.test")).as("on any loop").isFalse();

    TicketKeys second = first.rotated(RANDOM);
    store.put(second);
    assertThat(isFull(version, "shop.test")).as("after a rotation").isFalse();
    store.put(TicketKeys.random(RANDOM));
    assertThat(isFull(version, "shop.test")).as("the keys are gone").isTrue();
    assertThat(isFull(version, "shop.test")).isFalse();

    store.put(names(shop, api));
    assertThat(isFull(version, "shop.test")).as("the same certificate, read again").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSessionIsResumedByAnotherProcessWithTheSameKeysAndByNoOther(String version) {
    TicketKeys keys = TicketKeys.random(RANDOM);
    serve(store(keys, shop), 0);
    int port = server.address().getPort();
    assertThat(isFull(version, "shop.test")).isTrue();
    serve(store(keys, shop), port);
    assertThat(isFull(version, "shop.test")).as("another with the same keys").isFalse();
    serve(store(TicketKeys.random(RANDOM), shop), port);
    assertThat(isFull(version, "shop.test")).as("another with other keys").isTrue();
  }

  /** The JDK's client sends the name of the session that it resumes, so this asks another one. */
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void aSessionIsNotResumedWhereAnotherCertificateIsShown(String version) throws Exception {
    assumeThat(TlsHygieneTest.hasOpenSsl()).as("openssl is on the PATH").isTrue();
    TlsStore store = store(TicketKeys.random(RANDOM), shop, api);
    serve(store, 0);
    Path session = folder.resolve("session.pem");
    assertThat(openssl(version, "shop.test", "-sess_out", session)).contains("New, TLSv1.");
    assertThat(openssl(version, "shop.test", "-sess_in", session)).contains("Reused, TLSv1.");
    assertThat(openssl(version, "api.test", "-sess_in", session))
        .as("another name")
        .contains("New, TLSv1.");
    store.put(names(identity("shop.test"), api));
    assertThat(openssl(version, "shop.test", "-sess_in", session))
        .as("a renewed certificate")
        .contains("New, TLSv1.");
  }

  private String openssl(String version, String name, String option, Path session)
      throws IOException {
    int port = server.address().getPort();
    Process process =
        new ProcessBuilder(
                "openssl",
                "s_client",
                version,
                "-servername",
                name,
                "-connect",
                "127.0.0.1:" + port,
                option,
                session.toString())
            .redirectErrorStream(true)
            .start();
    try (var to = process.getOutputStream()) {
      // It reads tickets with the answer.
      to.write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      to.flush();
      StringBuilder all = new StringBuilder();
      InputStream in = process.getInputStream();
      while (all.indexOf(TlsServer.ANSWER.strip()) < 0) {
        int octet = in.read();
        if (octet < 0) {
          break;
        }
        all.append((char) octet);
      }
      return all.toString();
    } finally {
      process.destroy();
    }
  }

  /** Counts the chains that it is asked about, and takes any. */
  private final class Counting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      fullHandshakes.incrementAndGet();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      fullHandshakes.incrementAndGet();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      fullHandshakes.incrementAndGet();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
