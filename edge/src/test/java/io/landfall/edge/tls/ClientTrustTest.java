package io.landfall.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.edge.TestKeys;
import io.netty.handler.ssl.OpenSslCertificateException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told whose certificate is not taken: the error gives the alert of TLS. */
class ClientTrustTest {
  @TempDir Path folder;

  @Test
  void whoIsRefusedIsToldWhatIsWrongWithItsCertificate() throws Exception {
    TestKeys keys =
        new TestKeys(folder)
            .authority("ca")
            .site("server", "ca", "dns:server.test", "-ext", "EKU=serverAuth")
            .key("stranger", "-ext", "EKU=clientAuth");
    X509TrustManager trust = ClientTrust.of(List.of(keys.certificate("ca")));
    X509Certificate[] server = {keys.certificate("server")};
    X509Certificate[] stranger = {keys.certificate("stranger")};
    assertThatThrownBy(() -> trust.checkClientTrusted(stranger, "EC"))
        .as("no CA: unknown_ca")
        .isInstanceOfSatisfying(
            OpenSslCertificateException.class, e -> assertThat(e.errorCode()).isEqualTo(20));
    assertThatThrownBy(() -> trust.checkClientTrusted(server, "EC"))
        .as("not for TLS clients: unsupported_certificate")
        .isInstanceOfSatisfying(
            OpenSslCertificateException.class, e -> assertThat(e.errorCode()).isEqualTo(26));
  }
}
