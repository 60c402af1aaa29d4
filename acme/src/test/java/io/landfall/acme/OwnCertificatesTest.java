package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

/** What is written in DER here, read by Bouncy Castle and the JDK. */
class OwnCertificatesTest {
  private static final String TOKEN = "a".repeat(43);
  private static final Instant NOW = Instant.parse("2049-12-15T00:00:00Z");

  private static final PendingChallenge CHALLENGE =
      new PendingChallenge(
          ChallengeType.TLS_ALPN_01, "shop.test", TOKEN, TOKEN + "." + "t".repeat(43));

  @Test
  void aRequestHasItsNamesAndItsSignature() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < AcmeClient.MAX_NAMES; i++) {
      names.add("a" + i + ".shop.test");
    }
    for (CertificateKeys kind : CertificateKeys.values()) {
      KeyPair keys = kind.generate();
      PKCS10CertificationRequest read =
          new PKCS10CertificationRequest(OwnCertificates.request(keys, names));
      assertThat(
              read.isSignatureValid(
                  new JcaContentVerifierProviderBuilder().build(keys.getPublic())))
          .isTrue();
      Extensions extensions =
          Extensions.getInstance(
              read.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)[0]
                  .getAttributeValues()[0]);
      GeneralNames found =
          GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
      List<String> texts = new ArrayList<>();
      for (GeneralName each : found.getNames()) {
        assertThat(each.getTagNo()).isEqualTo(GeneralName.dNSName);
        texts.add(each.getName().toString());
      }
      assertThat(texts).isEqualTo(names);
    }
  }

  @Test
  void aCertificateOfAChallengeHasTheDigestInACriticalExtension() throws Exception {
    Credentials made = OwnCertificates.answer(CHALLENGE, NOW);
    X509Certificate read = made.certificate();
    read.verify(read.getPublicKey());
    assertThat(AcmeClient.namesOf(read)).containsExactly("shop.test");
    assertThat(read.getCriticalExtensionOIDs()).containsExactly("1.3.6.1.5.5.7.1.31");
    byte[] inner =
        ASN1OctetString.getInstance(
                ASN1OctetString.getInstance(read.getExtensionValue("1.3.6.1.5.5.7.1.31"))
                    .getOctets())
            .getOctets();
    assertThat(inner)
        .isEqualTo(
            OwnCertificates.sha256(
                CHALLENGE.keyAuthorization().getBytes(StandardCharsets.US_ASCII)));
    assertThat(read.getNotAfter().toInstant())
        .as("written as GeneralizedTime from 2050 on")
        .isEqualTo(Instant.parse("2050-01-14T00:00:00Z"));
  }

  @Test
  void aStandInIsOfTheKindThatIsOrdered() throws Exception {
    for (CertificateKeys kind : CertificateKeys.values()) {
      Credentials made = OwnCertificates.standIn(kind, List.of("shop.test", "b.test"), NOW);
      made.certificate().verify(made.certificate().getPublicKey());
      assertThat(AcmeClient.namesOf(made.certificate()))
          .containsExactlyInAnyOrder("shop.test", "b.test");
      assertThat(made.certificate().getPublicKey().getAlgorithm())
          .isEqualTo(kind == CertificateKeys.RSA_2048 ? "RSA" : "EC");
    }
  }

  @Test
  void lengthsAreWrittenAsShortAsTheyCanBe() {
    assertThat(HexFormat.of().formatHex(DerBytes.octets(new byte[127]), 0, 2)).isEqualTo("047f");
    assertThat(HexFormat.of().formatHex(DerBytes.octets(new byte[128]), 0, 3)).isEqualTo("048180");
    assertThat(HexFormat.of().formatHex(DerBytes.octets(new byte[256]), 0, 4))
        .isEqualTo("04820100");
    assertThat(HexFormat.of().formatHex(DerBytes.oid(1, 2, 840, 113549, 1, 1, 11)))
        .isEqualTo("06092a864886f70d01010b");
  }
}
