package io.landfall.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult.Admitted;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Fingerprints;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is revoked stays revoked, whatever is done to the bytes of the certificate. */
class RevokedKeyTest {
  private final Admission admission = new Admission(Pki.config());
  private final X509Certificate original = Pki.chain(Pki.nyc()).getFirst();

  /** The same certificate with the signature (r, n - s) in place of (r, s): as valid as before. */
  private static X509Certificate withTheOtherSignature(X509Certificate certificate)
      throws Exception {
    ASN1Sequence parts = ASN1Sequence.getInstance(certificate.getEncoded());
    ASN1Sequence signature = ASN1Sequence.getInstance(certificate.getSignature());
    BigInteger order = ((ECPublicKey) Pki.CA.certificate().getPublicKey()).getParams().getOrder();
    BigInteger s = ASN1Integer.getInstance(signature.getObjectAt(1)).getValue();
    DERSequence other =
        new DERSequence(
            new ASN1Encodable[] {signature.getObjectAt(0), new ASN1Integer(order.subtract(s))});
    ASN1EncodableVector all = new ASN1EncodableVector();
    all.add(parts.getObjectAt(0));
    all.add(parts.getObjectAt(1));
    all.add(new DERBitString(other.getEncoded()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(new DERSequence(all).getEncoded()));
  }

  private void revoke(String line) {
    admission.revoke(((FileResult.Good<Revocations>) Revocations.parse("revoked", line)).value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "serial", "node"})
  void anotherSignatureOnTheSameCertificateDoesNotGetPastTheList(String by) throws Exception {
    X509Certificate dodging = withTheOtherSignature(original);
    assertThat(Fingerprints.sha256(dodging)).isNotEqualTo(Fingerprints.sha256(original));
    PeerIdentity peer = ((Admitted) admission.check(List.of(dodging), Pki.NOW)).peer();
    revoke(
        switch (by) {
          case "key" -> "key " + Fingerprints.sha256(original.getPublicKey());
          case "serial" -> "serial " + original.getSerialNumber().toString(16);
          default -> "node " + Pki.NYC;
        });
    assertThat(admission.check(List.of(dodging), Pki.NOW))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.rule()).isEqualTo(AdmissionRule.REVOKED));
    assertThat(admission.revocations().reasonFor(peer)).isPresent();
  }

  @Test
  void theHashOfAWholeCertificateIsRefusedInTheListWithWhatToWrite() {
    assertThat(Revocations.parse("revoked", "sha256 " + Fingerprints.sha256(original)))
        .isInstanceOfSatisfying(
            FileResult.Bad.class,
            bad -> assertThat(bad.sentence()).startsWith("revoked:1: ").contains("key HEX"));
  }

  @Test
  void theKeyOfACaInTheListRefusesEverybodyBelowIt() {
    revoke("key " + Fingerprints.sha256(Pki.CA.certificate().getPublicKey()));
    assertThat(admission.check(List.of(original), Pki.NOW))
        .isInstanceOfSatisfying(
            Refused.class,
            r -> {
              assertThat(r.rule()).isEqualTo(AdmissionRule.REVOKED);
              assertThat(r.sentence()).contains("of a CA above it");
            });
  }

  @Test
  void aNewCertificateForARevokedKeyIsRefusedToo() throws Exception {
    Credentials old = Pki.CA.issue(Pki.nyc());
    revoke("key " + Fingerprints.sha256(old.certificate().getPublicKey()));
    Credentials anew =
        Pki.CA.issue(
            Pki.nyc(), new java.security.KeyPair(old.certificate().getPublicKey(), old.key()));
    assertThat(admission.check(anew.chain(), Pki.NOW)).isInstanceOf(Refused.class);
  }
}
