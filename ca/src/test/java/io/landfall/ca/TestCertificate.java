package io.landfall.ca;

import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.AdmissionResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes one certificate with any extensions, also with such as {@link CertificateAuthority} never
 * issues. Without further calls it is a good one, of a CA or of node nyc.
 */
// Bouncy Castle's builder speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class TestCertificate {
  /** Signs by every algorithm that is tried here. */
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private static final AtomicLong SERIALS = new AtomicLong(1000);

  private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
  private final Optional<Made> issuer;
  private X500Name subject;
  private KeyPair pair = key("EC", 256);
  private String signature = "SHA256withECDSA";

  /** A certificate and its key. */
  record Made(X509Certificate certificate, KeyPair pair) {
    X500Name subject() {
      return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }
  }

  /** What a node with these CAs makes of a chain. */
  static AdmissionResult check(List<Made> authorities, Made... shown) {
    return new Admission(
            new AdmissionConfig(
                Pki.DOMAIN,
                Pki.BLOCK,
                authorities.stream().map(Made::certificate).toList(),
                Pki.FRA,
                Pki.host("10.32.0.1")))
        .check(Arrays.stream(shown).map(Made::certificate).toList(), Pki.NOW);
  }

  private TestCertificate(String subject, Optional<Made> issuer) {
    this.subject = new X500Name(subject);
    this.issuer = issuer;
  }

  /** A CA that signs itself, without a path length. */
  static TestCertificate root(String subject) {
    return new TestCertificate(subject, Optional.empty()).asCa();
  }

  /** A CA below another, without a path length. */
  static TestCertificate between(String subject, Made issuer) {
    return new TestCertificate(subject, Optional.of(issuer)).asCa();
  }

  /** The certificate of node nyc. */
  static TestCertificate node(Made issuer) {
    return new TestCertificate("CN=nyc", Optional.of(issuer))
        .with(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
        .with(
            Extension.subjectAlternativeName,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(
                      GeneralName.uniformResourceIdentifier, "spiffe://cdn.example/node/nyc"),
                  new GeneralName(GeneralName.iPAddress, "10.32.0.2")
                }));
  }

  private TestCertificate asCa() {
    return with(Extension.basicConstraints, new BasicConstraints(true))
        .with(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign));
  }

  static KeyPair key(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("this JDK makes no such key", e);
    }
  }

  TestCertificate subject(String name) {
    subject = new X500Name(name);
    return this;
  }

  TestCertificate key(KeyPair other) {
    pair = other;
    return this;
  }

  TestCertificate signature(String algorithm) {
    signature = algorithm;
    return this;
  }

  /** Adds a critical extension, or replaces it. */
  TestCertificate with(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    try {
      return with(oid, true, value.toASN1Primitive().getEncoded());
    } catch (IOException e) {
      throw new AssertionError("an extension can be encoded", e);
    }
  }

  /** Adds an extension of any bytes, or replaces it. */
  TestCertificate with(ASN1ObjectIdentifier oid, boolean critical, byte[] value) {
    extensions.put(oid, new Extension(oid, critical, value));
    return this;
  }

  TestCertificate without(ASN1ObjectIdentifier oid) {
    extensions.remove(oid);
    return this;
  }

  /** Adds the identifiers of the own key and of the issuer's (RFC 5280 section 4.2.1.1 and 2). */
  TestCertificate withKeyIds() {
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      with(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(issuer.map(Made::pair).orElse(pair).getPublic())
              .getEncoded());
      return with(
          Extension.subjectKeyIdentifier,
          false,
          ids.createSubjectKeyIdentifier(pair.getPublic()).getEncoded());
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError("a key has an identifier", e);
    }
  }

  Made make() {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer.map(Made::subject).orElse(subject),
            BigInteger.valueOf(SERIALS.incrementAndGet()),
            Date.from(Instant.ofEpochMilli(Pki.NOW - Pki.DAY)),
            Date.from(Instant.ofEpochMilli(Pki.NOW + Pki.DAY)),
            subject,
            SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    try {
      for (Extension extension : extensions.values()) {
        builder.addExtension(extension);
      }
      byte[] encoded =
          builder
              .build(
                  new JcaContentSignerBuilder(signature)
                      .setProvider(PROVIDER)
                      .build(issuer.map(Made::pair).orElse(pair).getPrivate()))
              .getEncoded();
      return new Made(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(encoded)),
          pair);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new AssertionError("a certificate can be made", e);
    }
  }
}
