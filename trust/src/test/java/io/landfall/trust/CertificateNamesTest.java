package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateNamesTest {
  /** Made with openssl; subjectAltName=IP:::ffff:10.32.0.9,IP:10.32.0.9. */
  private static final String TWO_ADDRESSES =
      """
      -----BEGIN CERTIFICATE-----
      MIIBjzCCATegAwIBAgIUZ129WdI5BpJzsjy3Q4jdDVhiTtIwCgYIKoZIzj0EAwIw
      DjEMMAoGA1UEAwwDbnljMB4XDTI2MTEyODE5NDkwOVoXDTM2MTEyNTE5NDkwOVow
      DjEMMAoGA1UEAwwDbnljMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELUj4CViX
      9Jr32KLtGkkpcrKJ5pkLbd+3omUBDC5L+hLFVAvGih57mMWF/jmNXQKPkB9dlIdG
      zGz9hlwJ3DVPiKNzMHEwHQYDVR0OBBYEFHmBaRvJlzbndbILV0hke6R8qXY8MB8G
      A1UdIwQYMBaAFHmBaRvJlzbndbILV0hke6R8qXY8MCEGA1UdEQQaMBiHEAAAAAAA
      AAAAAAD//wogAAmHBAogAAkwDAYDVR0TAQH/BAIwADAKBggqhkjOPQQDAgNGADBD
      Ah9XXOd35wf9acXcSM14rZT4J+JN8K/AzWnlMEDCR77kAiBqaLlImgJpm1nhSkzW
      ghPsbCq14fhukawlx6e5Yk/mjw==
      -----END CERTIFICATE-----
      """;

  @Test
  void anIpv4AddressAndTheSameInTheFormOfIpv6DifferByTheirBytes() throws CertificateException {
    FileResult<List<X509Certificate>> read = Pem.parseCertificates("two.pem", TWO_ADDRESSES);
    X509Certificate certificate =
        ((FileResult.Good<List<X509Certificate>>) read).value().getFirst();
    // The JDK hands out the same text for both.
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("10.32.0.9", "10.32.0.9");
    assertThat(CertificateNames.of(certificate).addresses())
        .extracting(bytes -> bytes.length)
        .containsExactly(16, 4);
  }
}
