package io.landfall.ca;

import static io.landfall.ca.TestCertificate.key;
import static io.landfall.ca.TestCertificate.node;
import static io.landfall.ca.TestCertificate.root;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.TestCertificate.Made;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate and a key in files, and whether they belong together. */
class CredentialsTest {
  private static final int MOST_BYTES = 1 << 20;

  private final Made top = root("CN=root").make();
  private final Made nyc = node(top).make();

  @TempDir Path dir;

  private Path chainFile(X509Certificate... chain) throws Exception {
    StringBuilder text = new StringBuilder();
    for (X509Certificate each : chain) {
      text.append(Pem.format("CERTIFICATE", each.getEncoded()));
    }
    return Files.writeString(dir.resolve("nyc.pem"), text);
  }

  private Path keyFile(KeyPair pair) throws IOException {
    return Files.writeString(
        dir.resolve("nyc.key"), Pem.format("PRIVATE KEY", pair.getPrivate().getEncoded()));
  }

  private static String bad(FileResult<?> result) {
    assertThat(result).isInstanceOf(FileResult.Bad.class);
    return ((FileResult.Bad<?>) result).sentence();
  }

  @Test
  void aChainInTheWrongOrderIsRefusedWithTheFix() throws Exception {
    Path chain = chainFile(top.certificate(), nyc.certificate());
    assertThat(bad(Credentials.load(chain, keyFile(nyc.pair()))))
        .endsWith("but to a later one; put the certificate of the key first");
    assertThat(bad(Credentials.load(chain, keyFile(key("EC", 256)))))
        .endsWith("does not belong to the first certificate of " + chain);
  }

  @Test
  void aKeyOfAnotherKindThanTheCertificatesDoesNotBelongToIt() throws Exception {
    Path chain = chainFile(nyc.certificate());
    for (KeyPair other : List.of(key("RSA", 2048), key("Ed25519", 255))) {
      assertThat(bad(Credentials.load(chain, keyFile(other))))
          .endsWith("does not belong to the first certificate of " + chain);
    }
  }

  @Test
  void aKeyForTlsHasToBeOfAKindThatEveryLibraryCanUse() throws Exception {
    Path chain = chainFile(nyc.certificate());
    assertThat(Credentials.loadForTls(chain, keyFile(nyc.pair()), "make another"))
        .isEqualTo(
            new FileResult.Good<>(
                new Credentials(nyc.pair().getPrivate(), List.of(nyc.certificate()))));
    Made odd = node(top).key(key("Ed25519", 255)).make();
    Path oddChain = chainFile(odd.certificate());
    Path oddKey = keyFile(odd.pair());
    assertThat(Credentials.load(oddChain, oddKey)).isInstanceOf(FileResult.Good.class);
    assertThat(bad(Credentials.loadForTls(oddChain, oddKey, "make another")))
        .startsWith(oddKey + ": the key is Ed25519")
        .endsWith("; make another");
  }

  @Test
  void aFileMayHaveItsMostBytesAndNoMore() throws Exception {
    Path chain = chainFile(nyc.certificate());
    String padding = "\n".repeat((int) (MOST_BYTES - Files.size(chain)));
    Files.writeString(chain, Files.readString(chain) + padding);
    assertThat(Pem.readChain(chain)).isEqualTo(new FileResult.Good<>(List.of(nyc.certificate())));
    Files.writeString(chain, Files.readString(chain) + "\n");
    assertThat(bad(Pem.readChain(chain))).contains("larger than 1048576 bytes");
  }

  @Test
  void aBlockThatIsCutShortIsNamedByItsLine() {
    assertThat(bad(Pem.parseCertificates("x.pem", "\n-----BEGIN CERTIFICATE-----")))
        .startsWith("x.pem:2: ")
        .contains("does not end");
    assertThat(bad(Pem.parseCertificates("x.pem", "\n-----BEGIN CERTIFICATE--\nAAAA\n")))
        .startsWith("x.pem:2: the BEGIN line does not end in -----");
  }
}
