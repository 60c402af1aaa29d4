package io.landfall.edge;

import static io.landfall.edge.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.testkit.TrustingTls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.Mapping;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients over TLS: the certificate follows the server name, and all else is as without. */
class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @Test
  void theServerNamePicksTheCertificateAndRequestsAreServed(@TempDir Path dir) throws Exception {
    Map<String, SslContext> contexts =
        Map.of("shop.test", server(dir, "shop.test"), "default", server(dir, "default.test"));
    Mapping<String, SslContext> mapping =
        name -> contexts.get("shop.test".equals(name) ? "shop.test" : "default");
    try (TestBackend backend = TestBackend.saying("secret");
        TestSite fra =
            new TestSite(
                "fra",
                1,
                c ->
                    new EdgeConfig(
                        c.node(),
                        c.identity(),
                        c.cdnId(),
                        List.of(
                            EdgeListener.tls(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                mapping)),
                        2,
                        c.limits(),
                        c.timeouts()))) {
      fra.publish(Signal.UP, backends(backend));
      for (String name : List.of("shop.test", "other.test")) {
        SSLSocket socket = connect(fra.http(), name);
        try (RawClient client = new RawClient(socket)) {
          RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
          assertThat(answer.body()).isEqualTo("secret");
          assertThat(client.send("GET / HTTP/9\r\n\r\n").read().status()).isEqualTo(400);
          X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
          assertThat(shown.getSubjectX500Principal().getName())
              .isEqualTo("CN=" + ("shop.test".equals(name) ? "shop.test" : "default.test"));
        }
      }
      assertThat(backend.received.getFirst().all("forwarded").getFirst()).endsWith(";proto=https");
    }
  }

  private static SSLSocket connect(InetSocketAddress to, String name) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {TrustingTls.trusting()}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static SslContext server(Path dir, String name) throws Exception {
    Path store = dir.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "password",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, PASSWORD);
    return SslContextBuilder.forServer(factory).build();
  }
}
