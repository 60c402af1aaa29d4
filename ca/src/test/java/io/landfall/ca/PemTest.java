package io.landfall.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemTest {
  @TempDir Path dir;

  private String bad(FileResult<?> result) {
    assertThat(result).isInstanceOf(FileResult.Bad.class);
    return ((FileResult.Bad<?>) result).sentence();
  }

  @Test
  void aCertificateAndItsKeySurviveTheFiles() throws IOException {
    Credentials issued = Pki.CA.issue(Pki.nyc());
    CertificateAuthority.save(issued, dir.resolve("nyc.pem"), dir.resolve("nyc.key"));

    FileResult<Credentials> loaded =
        Credentials.load(dir.resolve("nyc.pem"), dir.resolve("nyc.key"));

    assertThat(loaded).isInstanceOf(FileResult.Good.class);
    Credentials value = ((FileResult.Good<Credentials>) loaded).value();
    assertThat(value.chain()).isEqualTo(issued.chain());
    assertThat(value.key()).isEqualTo(issued.key());
    assertThat(value.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void aKeyIsReadableByItsOwnerOnlyAndNothingIsOverwritten() throws IOException {
    Path certificate = dir.resolve("ca.pem");
    Path key = dir.resolve("ca.key");
    Pki.CA.save(certificate, key);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    byte[] before = Files.readAllBytes(key);
    assertThatThrownBy(() -> Pki.CA.save(certificate, key))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Pki.CA.save(dir.resolve("other.pem"), key))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(dir.resolve("other.pem")).doesNotExist();
    assertThat(Files.readAllBytes(key)).isEqualTo(before);
  }

  @Test
  void aCaThatWasSavedIssuesAgain() throws IOException {
    Pki.CA.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    FileResult<CertificateAuthority> loaded =
        CertificateAuthority.load(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    CertificateAuthority again = ((FileResult.Good<CertificateAuthority>) loaded).value();
    assertThat(new Admission(Pki.config()).check(again.issue(Pki.nyc()).chain(), Pki.NOW))
        .isInstanceOf(AdmissionResult.Admitted.class);
  }

  @Test
  void aNodeCertificateIsNoCa() throws IOException {
    CertificateAuthority.save(
        Pki.CA.issue(Pki.nyc()), dir.resolve("nyc.pem"), dir.resolve("nyc.key"));
    assertThat(bad(CertificateAuthority.load(dir.resolve("nyc.pem"), dir.resolve("nyc.key"))))
        .contains("not a CA's");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    CertificateAuthority.save(Pki.CA.issue(Pki.nyc()), dir.resolve("a.pem"), dir.resolve("a.key"));
    CertificateAuthority.save(Pki.CA.issue(Pki.nyc()), dir.resolve("b.pem"), dir.resolve("b.key"));
    assertThat(bad(Credentials.load(dir.resolve("a.pem"), dir.resolve("b.key"))))
        .contains("b.key")
        .contains("does not belong");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(bad(Pem.readCertificates(dir.resolve("gone.pem")))).contains("gone.pem");
  }

  @Test
  void errorsNameFileAndLine() {
    assertThat(bad(Pem.parseCertificates("x.pem", "hello\n")))
        .isEqualTo("x.pem: it holds no CERTIFICATE block");
    assertThat(bad(Pem.parseCertificates("x.pem", "\n-----BEGIN CERTIFICATE-----\nAAAA\n")))
        .startsWith("x.pem:2: ")
        .contains("does not end");
    assertThat(
            bad(
                Pem.parseCertificates(
                    "x.pem", "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n")))
        .startsWith("x.pem:1: ")
        .contains("not base64");
    assertThat(bad(Pem.parseCertificates("x.pem", Pem.format("CERTIFICATE", new byte[] {1, 2}))))
        .startsWith("x.pem:1: ");
    assertThat(bad(Pem.parseCertificates("x.pem", Pem.format("PRIVATE KEY", new byte[] {1}))))
        .contains("expected a CERTIFICATE");
    assertThat(bad(Pem.parsePrivateKey("x.key", Pem.format("PRIVATE KEY", new byte[] {1, 2}))))
        .startsWith("x.key:1: ");
    assertThat(bad(Pem.parsePrivateKey("x.key", ""))).contains("exactly one");
  }

  @Test
  void anOldKindOfKeyIsRefusedWithTheFix() {
    assertThat(bad(Pem.parsePrivateKey("x.key", Pem.format("EC PRIVATE KEY", new byte[] {1}))))
        .contains("openssl pkcs8");
    assertThat(
            bad(Pem.parsePrivateKey("x.key", Pem.format("ENCRYPTED PRIVATE KEY", new byte[] {1}))))
        .contains("openssl pkcs8");
  }

  @Test
  void keysOfAllThreeKindsAreRead() throws NoSuchAlgorithmException {
    for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      byte[] der =
          KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate().getEncoded();
      assertThat(Pem.parsePrivateKey("x.key", Pem.format("PRIVATE KEY", der)))
          .as(algorithm)
          .isInstanceOf(FileResult.Good.class);
    }
  }
}
