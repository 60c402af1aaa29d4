package io.landfall.transport.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class ReasonsTest {
  @Test
  void aDescriptorThatThisProcessLacksIsNoVerdictOnTheBackend() {
    IOException own =
        new IOException("newSocketStream(..) failed with error(-24): Too many open files");
    Verdict verdict = Reasons.verdict("connect", new IllegalStateException("no channel", own));
    assertThat(verdict.notRun()).isTrue();
    assertThat(verdict.ok()).isFalse();
    assertThat(verdict.why()).isEqualTo("connect: Too many open files");

    Verdict refused = Reasons.verdict("connect", new IOException("Connection refused"));
    assertThat(refused.notRun()).isFalse();
  }

  @Test
  void whatIsWrongWithACertificateIsToldAndNotWhatTlsWrapsItIn() {
    SSLHandshakeException wrapped = new SSLHandshakeException("General OpenSslEngine problem");
    wrapped.initCause(
        new CertificateException(
            "PKIX path validation failed", new IllegalStateException("NotAfter: yesterday")));
    assertThat(Reasons.verdict("TLS handshake", wrapped).why())
        .isEqualTo("TLS handshake: the certificate is not accepted: NotAfter: yesterday");
    assertThat(
            Reasons.verdict(
                    "TLS handshake",
                    new SSLHandshakeException(
                        "error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION"))
                .why())
        .isEqualTo("TLS handshake: TLSV1_ALERT_PROTOCOL_VERSION");
  }
}
