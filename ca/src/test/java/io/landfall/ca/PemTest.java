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
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
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
  void aByteOrderMarkInFrontIsPassedOver() throws IOException {
    Credentials issued = Pki.CA.issue(Pki.nyc());
    Path certificate = dir.resolve("nyc.pem");
    Path key = dir.resolve("nyc.key");
    CertificateAuthority.save(issued, certificate, key);
    for (Path file : List.of(certificate, key)) {
      Files.writeString(file, "\ufeff" + Files.readString(file));
    }
    assertThat(Credentials.load(certificate, key)).isInstanceOf(FileResult.Good.class);
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
  void noMoreIsReadThanAFileMayHave() throws IOException {
    Path large = dir.resolve("large.pem");
    Files.write(large, new byte[(1 << 20) + 1]);
    assertThat(bad(Pem.readCertificates(large))).contains("larger than 1048576");
    // The kernel gives it a size of 0, and it has no end.
    assertThat(bad(Pem.readCertificates(Path.of("/dev/zero"))))
        .isEqualTo("/dev/zero: it is not a regular file");
  }

  @Test
  void errorsNameFileAndLine() {
    assertThat(bad(Pem.parseCertificates("x.pem", "hello\n")))
        .startsWith("x.pem: it holds no CERTIFICATE block; if it is DER");
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
  void aKeyThatCannotBeReadIsRefusedWithTheFix() {
    assertThat(bad(Pem.parsePrivateKey("x.key", Pem.format("EC PRIVATE KEY", new byte[] {1}))))
        .contains("openssl pkcs8");
    assertThat(
            bad(Pem.parsePrivateKey("x.key", Pem.format("ENCRYPTED PRIVATE KEY", new byte[] {1}))))
        .contains("is encrypted")
        .contains("openssl pkcs8");
  }

  private static byte[] pkcs1(KeyPair pair) throws IOException {
    return PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
        .parsePrivateKey()
        .toASN1Primitive()
        .getEncoded();
  }

  private static byte[] sec1(KeyPair pair) throws IOException {
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            256, ((ECPrivateKey) pair.getPrivate()).getS(), SECObjectIdentifiers.secp256r1)
        .getEncoded();
  }

  private static KeyPair pair(String algorithm, int bits) throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @Test
  void keysFromBeforePkcs8AreRead() throws Exception {
    KeyPair rsa = pair("RSA", 2048);
    assertThat(Pem.parsePrivateKey("x.key", Pem.format("RSA PRIVATE KEY", pkcs1(rsa))))
        .isEqualTo(new FileResult.Good<>(rsa.getPrivate()));
    KeyPair ec = pair("EC", 256);
    String parameters = Pem.format("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded());
    for (String before : new String[] {"", parameters}) {
      assertThat(Pem.parsePrivateKey("x.key", before + Pem.format("EC PRIVATE KEY", sec1(ec))))
          .isEqualTo(new FileResult.Good<>(ec.getPrivate()));
    }
  }

  @Test
  void anOlderKeyThatIsEncryptedIsRefusedWithTheFix() {
    assertThat(
            bad(
                Pem.parsePrivateKey(
                    "x.key",
                    """
                    -----BEGIN RSA PRIVATE KEY-----
                    Proc-Type: 4,ENCRYPTED
                    DEK-Info: AES-128-CBC,00

                    AAAA
                    -----END RSA PRIVATE KEY-----
                    """)))
        .startsWith("x.key:1: ")
        .contains("is encrypted")
        .contains("openssl pkcs8");
  }

  @Test
  void oneFileMayHoldTheCertificateAndItsKey() throws Exception {
    Credentials issued = Pki.CA.issue(Pki.nyc());
    String certificate = Pem.format("CERTIFICATE", issued.certificate().getEncoded());
    String key = Pem.format("PRIVATE KEY", issued.key().getEncoded());
    for (String text : new String[] {certificate + key, key + certificate}) {
      Path bundle = Files.writeString(dir.resolve("bundle.pem"), text);
      assertThat(Credentials.load(bundle, bundle))
          .isEqualTo(
              new FileResult.Good<>(new Credentials(issued.key(), List.of(issued.certificate()))));
    }
    // A CA's file is read by every node: a key in it is a mistake.
    assertThat(bad(Pem.parseCertificates("ca.pem", certificate + key)))
        .contains("expected a CERTIFICATE");
  }

  @Test
  void swappedFilesAreSuspected() throws Exception {
    Path certificate = dir.resolve("nyc.pem");
    Path key = dir.resolve("nyc.key");
    CertificateAuthority.save(Pki.CA.issue(Pki.nyc()), certificate, key);
    assertThat(bad(Credentials.load(key, certificate))).contains("nyc.key").contains("swapped?");
    assertThat(bad(Pem.readPrivateKey(certificate))).contains("nyc.pem").contains("swapped?");
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
