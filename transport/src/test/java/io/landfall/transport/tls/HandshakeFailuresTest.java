package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS threw, in words with what to do. */
class HandshakeFailuresTest {
  private static final long NOW = 1_795_000_000_000L;
  private static final X509Certificate OWN =
      CertificateAuthority.generate("Test", NOW).certificate();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(certificate_expired) Received fatal alert: certificate_expired",
        "error:10000415:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED",
      })
  void anAlertAboutOurDatesTellsThemAndThisNodesClock(String text) {
    HandshakeFailures.Failure failure =
        HandshakeFailures.describe(new SSLException(text), OWN, NOW);
    assertThat(failure.rule()).isEqualTo("own-refused");
    assertThat(failure.sentence())
        .contains(OWN.getNotBefore().toInstant().toString())
        .contains(OWN.getNotAfter().toInstant().toString())
        .contains("this node's clock shows 2026-11-18T11:06:40Z")
        .contains("check the clocks of both");
  }

  @Test
  void whatTheJdksServerHasAgainstOurCertificateIsInItsLogAndMayBeTheDates() {
    assertThat(
            HandshakeFailures.describe(
                    new SSLException("Received fatal alert: certificate_unknown"), OWN, NOW)
                .sentence())
        .contains("TLS alert certificate_unknown", "'landfall show refused' have the rule")
        .contains("this node's clock shows 2026-11-18T11:06:40Z")
        .contains("by this clock it is valid", "revoked", "its CA", "that node's clock")
        .doesNotContain("check the clock");
  }

  @Test
  void aRefusedCertificateThatIsNotValidByThisClockIsToBeRenewed() {
    long late = OWN.getNotAfter().toInstant().toEpochMilli() + 1;
    assertThat(
            HandshakeFailures.describe(
                    new SSLException("error: SSLV3_ALERT_CERTIFICATE_UNKNOWN"), OWN, late)
                .sentence())
        .contains("TLS alert certificate_unknown", "renew it, or check this node's clock");
  }

  @Test
  void anotherAlertIsNotAboutOurCertificate() {
    assertThat(
            HandshakeFailures.describe(
                    new SSLException("Received fatal alert: handshake_failure"), OWN, NOW)
                .rule())
        .isEqualTo("tls-failed");
  }
}
