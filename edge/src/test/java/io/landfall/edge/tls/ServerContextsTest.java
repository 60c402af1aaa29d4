package io.landfall.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.edge.TestKeys;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which CAs a context of TLS towards clients has, and keeps in memory for each certificate. */
class ServerContextsTest {
  private static X509TrustManager trust(Optional<ServerNames.ClientAuthority> clients)
      throws Exception {
    return ServerContexts.trust(
        new ServerNames.Rules(
            ServerNames.Hosts.ANY, ServerNames.UnknownName.DEFAULT, true, clients));
  }

  @Test
  void noneWhereClientsAreAskedForNoCertificate(@TempDir Path folder) throws Exception {
    TestKeys keys = new TestKeys(folder).authority("ca").site("client", "ca", "dns:a.test");
    X509TrustManager none = trust(Optional.empty());
    assertThat(none.getAcceptedIssuers()).isEmpty();
    X509Certificate[] shown = {keys.certificate("client")};
    assertThatThrownBy(() -> none.checkClientTrusted(shown, "EC"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void thoseOfTheConfigWhereTheyAre(@TempDir Path folder) throws Exception {
    TestKeys keys = new TestKeys(folder).authority("ca");
    X509Certificate ca = keys.certificate("ca");
    assertThat(
            trust(Optional.of(new ServerNames.ClientAuthority(List.of(ca), true)))
                .getAcceptedIssuers())
        .containsExactly(ca);
  }
}
