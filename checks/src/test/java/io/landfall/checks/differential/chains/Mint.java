package io.landfall.checks.differential.chains;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes one certificate, right in everything that a test does not make wrong. */
// Bouncy Castle's builder speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class Mint {
  /** The time at which every chain is judged. */
  static final long NOW = 1_795_000_000_000L;

  /** A day in milliseconds. */
  static final long DAY = 86_400_000L;

  /** Bouncy Castle's own, which signs by every algorithm that is tried here. */
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private static final AtomicLong SERIALS = new AtomicLong(1000);

  private final String commonName;
  private KeyPair pair;
  private Optional<Minted> issuer = Optional.empty();
  private String signature = "SHA256withECDSA";
  private long from = NOW - DAY;
  private long to = NOW + DAY;
  private Optional<BasicConstraints> basic = Optional.empty();
  private int usage = KeyUsage.digitalSignature;
  private List<KeyPurposeId> purposes =
      List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
  private List<GeneralName> names = List.of();
  private final List<Extra> extras = new ArrayList<>();

  private record Extra(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {}

  /** A certificate and its key. */
  record Minted(X509Certificate certificate, KeyPair pair) {}

  private Mint(String commonName) {
    this.commonName = commonName;
    this.pair = Keys.of("P-256", commonName);
  }

  /** A CA without a path length; it has issued itself unless told otherwise. */
  static Mint ca(String commonName) {
    Mint mint = new Mint(commonName);
    mint.basic = Optional.of(new BasicConstraints(true));
    mint.usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    mint.purposes = List.of();
    return mint;
  }

  /** A node's certificate. */
  static Mint node(Minted issuer) {
    return new Mint("nyc")
        .by(issuer)
        .names(
            uri("spiffe://cdn.example/node/nyc"),
            new GeneralName(GeneralName.iPAddress, "10.32.0.9"),
            new GeneralName(GeneralName.dNSName, "shop.service.cdn.example"));
  }

  static GeneralName uri(String text) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, text);
  }

  Mint by(Minted who) {
    issuer = Optional.of(who);
    return this;
  }

  Mint key(String kind) {
    pair = Keys.of(kind, commonName);
    return this;
  }

  Mint keyOf(Minted other) {
    pair = other.pair();
    return this;
  }

  Mint signature(String algorithm) {
    signature = algorithm;
    return this;
  }

  Mint valid(long fromMillis, long toMillis) {
    from = fromMillis;
    to = toMillis;
    return this;
  }

  Mint pathLength(int length) {
    basic = Optional.of(new BasicConstraints(length));
    return this;
  }

  Mint basic(BasicConstraints constraints) {
    basic = Optional.of(constraints);
    return this;
  }

  Mint withoutBasic() {
    basic = Optional.empty();
    return this;
  }

  Mint usage(int bits) {
    usage = bits;
    return this;
  }

  Mint purposes(KeyPurposeId... values) {
    purposes = List.of(values);
    return this;
  }

  Mint names(GeneralName... values) {
    names = List.of(values);
    return this;
  }

  Mint permitted(GeneralName... values) {
    return extra(Extension.nameConstraints, true, new NameConstraints(trees(values), null));
  }

  Mint excluded(GeneralName... values) {
    return extra(Extension.nameConstraints, true, new NameConstraints(null, trees(values)));
  }

  Mint extra(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    extras.add(new Extra(oid, critical, value));
    return this;
  }

  private static GeneralSubtree[] trees(GeneralName... values) {
    GeneralSubtree[] trees = new GeneralSubtree[values.length];
    for (int i = 0; i < trees.length; i++) {
      trees[i] = new GeneralSubtree(values[i]);
    }
    return trees;
  }

  Minted mint() {
    X500Principal subject = new X500Principal("CN=" + commonName);
    KeyPair signer = issuer.map(Minted::pair).orElse(pair);
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer.map(each -> each.certificate().getSubjectX500Principal()).orElse(subject),
            BigInteger.valueOf(SERIALS.incrementAndGet()),
            Date.from(Instant.ofEpochMilli(from)),
            Date.from(Instant.ofEpochMilli(to)),
            subject,
            pair.getPublic());
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(signer.getPublic()));
      if (basic.isPresent()) {
        builder.addExtension(Extension.basicConstraints, true, basic.get());
      }
      if (usage != 0) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      }
      if (!purposes.isEmpty()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(purposes.toArray(new KeyPurposeId[0])));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(new GeneralName[0])));
      }
      for (Extra extra : extras) {
        builder.addExtension(extra.oid(), extra.critical(), extra.value());
      }
      return new Minted(
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder(signature)
                          .setProvider(PROVIDER)
                          .build(signer.getPrivate()))),
          pair);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new AssertionError("could not make the certificate of " + commonName, e);
    }
  }
}
