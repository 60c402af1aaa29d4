package io.landfall.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionResult.Admitted;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the names and the usages in a certificate must be, to the letter. */
// Bouncy Castle's builder speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
class AdmissionNamesTest {
  private static final int DIGITAL_SIGNATURE = KeyUsage.digitalSignature;

  /** A CA whose certificates may have what {@link CertificateAuthority} would never issue. */
  private final KeyPair caKey = newKey();

  private final X509Certificate ca =
      certificate(
          new X500Principal("CN=odd"),
          caKey,
          List.of(),
          new BasicConstraints(0),
          KeyUsage.keyCertSign);
  private final Admission admission =
      new Admission(
          new AdmissionConfig(Pki.DOMAIN, Pki.BLOCK, List.of(ca), Pki.FRA, Pki.host("10.32.0.1")));

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new InvariantBroken("every JDK has P-256", e);
    }
  }

  private X509Certificate certificate(
      X500Principal subject,
      KeyPair pair,
      List<GeneralName> names,
      BasicConstraints constraints,
      int usage) {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal("CN=odd"),
            BigInteger.TEN,
            Date.from(Instant.ofEpochMilli(Pki.NOW - Pki.DAY)),
            Date.from(Instant.ofEpochMilli(Pki.NOW + Pki.DAY)),
            subject,
            pair.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, constraints);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(caKey.getPrivate())));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new InvariantBroken("a certificate can be made", e);
    }
  }

  private AdmissionResult check(List<GeneralName> more, BasicConstraints constraints, int usage) {
    List<GeneralName> names = new ArrayList<>();
    names.add(
        new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://cdn.example/node/nyc"));
    names.add(new GeneralName(GeneralName.iPAddress, "10.32.0.2"));
    names.addAll(more);
    X509Certificate leaf =
        certificate(new X500Principal("CN=nyc"), newKey(), names, constraints, usage);
    return admission.check(List.of(leaf), Pki.NOW);
  }

  private static void isRefused(AdmissionResult result, AdmissionRule rule) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.rule()).as(r.sentence()).isEqualTo(rule));
  }

  private static void isRefused(CertificateRequest request, AdmissionRule rule) {
    isRefused(new Admission(Pki.config()).check(Pki.chain(request), Pki.NOW), rule);
  }

  private static final BasicConstraints LEAF = new BasicConstraints(false);

  static Stream<GeneralName> otherKinds() {
    ASN1EncodableVector other = new ASN1EncodableVector();
    other.add(new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"));
    other.add(new DERTaggedObject(true, 0, new DERUTF8String("nyc@cdn.example")));
    return Stream.of(
        new GeneralName(GeneralName.rfc822Name, "nyc@cdn.example"),
        new GeneralName(GeneralName.directoryName, "CN=nyc"),
        new GeneralName(GeneralName.registeredID, "1.2.3.4"),
        new GeneralName(GeneralName.otherName, new DERSequence(other)));
  }

  @ParameterizedTest
  @MethodSource("otherKinds")
  void aNameOfAnyOtherKindIsRefused(GeneralName name) {
    isRefused(check(List.of(name), LEAF, DIGITAL_SIGNATURE), AdmissionRule.UNKNOWN_NAME);
  }

  @Test
  void theSameCertificateWithoutTheOddNameIsAdmitted() {
    assertThat(check(List.of(), LEAF, DIGITAL_SIGNATURE)).isInstanceOf(Admitted.class);
  }

  @Test
  void aKeyThatMayNotSignHandshakesAndOneThatMaySignCertificatesAreRefused() {
    isRefused(check(List.of(), LEAF, KeyUsage.keyAgreement), AdmissionRule.WRONG_USAGE);
    isRefused(
        check(List.of(), LEAF, DIGITAL_SIGNATURE | KeyUsage.keyCertSign), AdmissionRule.NOT_A_LEAF);
    isRefused(
        check(List.of(), new BasicConstraints(true), DIGITAL_SIGNATURE), AdmissionRule.NOT_A_LEAF);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evilcdn.example", "x.cdn.example", "example", "cdn.example.evil", "cdn.exampl"})
  void aTrustDomainThatOnlyLooksLikeOursIsAnother(String domain) {
    isRefused(
        Pki.nyc().withUris("spiffe://" + domain + "/node/nyc"), AdmissionRule.WRONG_TRUST_DOMAIN);
    isRefused(
        Pki.nyc().withUris("spiffe://" + domain + "/workload/nyc"),
        AdmissionRule.WRONG_TRUST_DOMAIN);
    isRefused(Pki.nyc().withDnsNames("shop.service." + domain), AdmissionRule.UNKNOWN_NAME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service.cdn.example",
        ".service.cdn.example",
        "shop.xservice.cdn.example",
        "a.shop.service.cdn.example",
        "SHOP.service.cdn.example",
        "shop.service.CDN.example",
      })
  void aDnsNameThatIsNotOneServiceOfOursIsRefused(String name) {
    isRefused(Pki.nyc().withDnsNames(name), AdmissionRule.UNKNOWN_NAME);
  }

  @Test
  void asManyServicesAsACertificateMayHaveAreTaken() {
    String[] names = new String[Admission.MAX_SERVICES];
    for (int i = 0; i < names.length; i++) {
      names[i] = Pki.DOMAIN.dnsNameOf(new ServiceName("s" + i));
    }
    assertThat(new Admission(Pki.config()).check(Pki.chain(Pki.nyc().withDnsNames(names)), Pki.NOW))
        .isInstanceOf(Admitted.class);
  }

  /** RFC 5280 section 4.2.1.6: 4 or 16 bytes; 8 are a net, which only a constraint has. */
  @Test
  void anIdentityThatIsRefusedIsNamedAsItStandsInTheCertificate() {
    assertThat(outside(new GeneralName(GeneralName.iPAddress, "192.0.2.7")))
        .contains("the identity of nyc, 192.0.2.7, lies outside");
    assertThat(outside(new GeneralName(GeneralName.iPAddress, "fd00::2")))
        .contains("the identity of nyc, fd00::2, lies outside");
    assertThat(outside(new GeneralName(GeneralName.iPAddress, "10.32.0.0/23")))
        .contains("the identity of nyc, an address of 8 bytes, lies outside");
    AdmissionResult two =
        check(
            List.of(new GeneralName(GeneralName.iPAddress, "10.32.0.3")), LEAF, DIGITAL_SIGNATURE);
    assertThat(((Refused) two).sentence()).contains("10.32.0.2").contains("10.32.0.3");
  }

  private String outside(GeneralName address) {
    GeneralName uri =
        new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://cdn.example/node/nyc");
    X509Certificate leaf =
        certificate(
            new X500Principal("CN=nyc"), newKey(), List.of(uri, address), LEAF, DIGITAL_SIGNATURE);
    AdmissionResult result = admission.check(List.of(leaf), Pki.NOW);
    isRefused(result, AdmissionRule.IDENTITY_OUTSIDE_BLOCK);
    return ((Refused) result).sentence();
  }
}
