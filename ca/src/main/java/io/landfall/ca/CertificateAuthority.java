package io.landfall.ca;

import io.landfall.core.InvariantBroken;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A CA in two files, enough for a lab or a small overlay: P-256 keys, ECDSA with SHA-256 (a CA that
 * was made elsewhere signs as its key does), random serial numbers of 127 bits. A large operator
 * brings its own CA (SPIRE, Vault, step-ca); nodes only ever see PEM files.
 */
// The builder of Bouncy Castle speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
public final class CertificateAuthority {
  /** How long a new CA lasts. */
  public static final long CA_VALID_MILLIS = 3652L * 24 * 3600 * 1000;

  private static final int SERIAL_BITS = 127;

  private final X509Certificate certificate;
  private final PrivateKey key;
  private final SecureRandom random = new SecureRandom();

  private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * A new CA, in memory only.
   *
   * @param commonName what people see as the issuer
   * @param wallMillis wall-clock time, milliseconds since 1970
   */
  public static CertificateAuthority generate(String commonName, long wallMillis) {
    KeyPair pair = newKeyPair();
    X500Principal subject = name(commonName);
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            subject,
            new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0),
            new Date(wallMillis - CertificateRequest.BACKDATE_MILLIS),
            new Date(wallMillis + CA_VALID_MILLIS),
            subject,
            pair.getPublic());
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              ids.createSubjectKeyIdentifier(pair.getPublic()));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new InvariantBroken("the extensions of a CA can be encoded", e);
    }
    return new CertificateAuthority(sign(builder, pair.getPrivate()), pair.getPrivate());
  }

  /** The CA of two PEM files. */
  public static FileResult<CertificateAuthority> load(Path certificateFile, Path keyFile) {
    return switch (Credentials.load(certificateFile, keyFile)) {
      case FileResult.Bad<Credentials> bad ->
          new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
      case FileResult.Good<Credentials>(Credentials credentials) ->
          load(certificateFile, keyFile, credentials);
    };
  }

  private static FileResult<CertificateAuthority> load(
      Path certificateFile, Path keyFile, Credentials credentials) {
    if (credentials.certificate().getBasicConstraints() < 0) {
      return new FileResult.Bad<>(certificateFile.toString(), 0, "the certificate is not a CA's");
    }
    if (signatureBy(credentials.key()).isEmpty()) {
      return new FileResult.Bad<>(
          keyFile.toString(),
          0,
          "a CA's key here is EC, RSA or Ed25519, not " + credentials.key().getAlgorithm());
    }
    return new FileResult.Good<>(
        new CertificateAuthority(credentials.certificate(), credentials.key()));
  }

  /** How a key of this kind signs certificates; empty when it does not. */
  private static Optional<String> signatureBy(PrivateKey key) {
    return switch (key) {
      case ECPrivateKey ec ->
          Optional.of(
              "SHA"
                  + Math.clamp(ec.getParams().getOrder().bitLength() / 128 * 128L, 256, 512)
                  + "withECDSA");
      case RSAPrivateKey _ -> Optional.of("SHA256withRSA");
      case EdECPrivateKey ed -> Optional.of(ed.getParams().getName());
      default -> Optional.empty();
    };
  }

  /** The CA's certificate, which every node is given. */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Writes the CA's two files; the key is readable by its owner only.
   *
   * @throws java.nio.file.FileAlreadyExistsException when either exists; nothing is overwritten
   */
  public void save(Path certificateFile, Path keyFile) throws IOException {
    save(new Credentials(key, List.of(certificate)), certificateFile, keyFile);
  }

  /**
   * Writes the two files of a certificate; the key is readable by its owner only.
   *
   * @throws java.nio.file.FileAlreadyExistsException when either exists; nothing is overwritten
   */
  public static void save(Credentials credentials, Path certificateFile, Path keyFile)
      throws IOException {
    StringBuilder chain = new StringBuilder();
    try {
      for (X509Certificate each : credentials.chain()) {
        chain.append(Pem.format("CERTIFICATE", each.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new InvariantBroken("a certificate that was made has bytes", e);
    }
    String keyText = Pem.format("PRIVATE KEY", credentials.key().getEncoded());
    NewFiles.write(certificateFile, chain.toString(), keyFile, keyText);
  }

  /** A new key and a certificate for it that says what is requested. */
  public Credentials issue(CertificateRequest request) {
    return issue(request, newKeyPair());
  }

  /** A certificate for a key that there is already. */
  public Credentials issue(CertificateRequest request, KeyPair pair) {
    X509Certificate issued = certify(request, pair.getPublic());
    return new Credentials(pair.getPrivate(), List.of(issued));
  }

  private X509Certificate certify(CertificateRequest request, PublicKey publicKey) {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            certificate,
            new BigInteger(SERIAL_BITS, random).setBit(0),
            new Date(request.notBeforeMillis()),
            new Date(request.notAfterMillis()),
            name(request.commonName()),
            publicKey);
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              ids.createAuthorityKeyIdentifier(certificate))
          .addExtension(
              Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(publicKey));
      if (!request.usages().isEmpty()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                request.usages().stream()
                    .map(CertificateAuthority::purpose)
                    .toArray(KeyPurposeId[]::new)));
      }
      GeneralName[] names = names(request);
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
    } catch (CertIOException | GeneralSecurityException e) {
      throw new InvariantBroken("the extensions of a certificate can be encoded", e);
    }
    return sign(builder, key);
  }

  private static KeyPurposeId purpose(CertificateRequest.Usage usage) {
    return switch (usage) {
      case SERVER -> KeyPurposeId.id_kp_serverAuth;
      case CLIENT -> KeyPurposeId.id_kp_clientAuth;
    };
  }

  private static GeneralName[] names(CertificateRequest request) {
    List<GeneralName> names = new ArrayList<>();
    request
        .uris()
        .forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    request.addresses().forEach(ip -> names.add(new GeneralName(GeneralName.iPAddress, ip)));
    request.dnsNames().forEach(dns -> names.add(new GeneralName(GeneralName.dNSName, dns)));
    return names.toArray(new GeneralName[0]);
  }

  private static X500Principal name(String commonName) {
    if (!commonName.matches("[A-Za-z0-9 ._:*-]{1,64}")) {
      throw new IllegalArgumentException(
          "common name '"
              + commonName
              + "' is not 1 to 64 letters, digits, spaces, '.', '_', ':', '*', '-'");
    }
    return new X500Principal("CN=" + commonName + ",O=Landfall");
  }

  private static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new InvariantBroken("every JDK has P-256", e);
    }
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey signingKey) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(signatureBy(signingKey).orElseThrow())
                      .build(signingKey)));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new InvariantBroken("a CA's key can sign", e);
    }
  }
}
