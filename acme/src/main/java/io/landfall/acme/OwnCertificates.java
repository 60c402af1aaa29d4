package io.landfall.acme;

import io.landfall.trust.Credentials;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What is written in DER here: requests for certificates, and certificates that nobody signs. */
public final class OwnCertificates {
  private static final int DNS_NAME = 2;
  private static final int SERIAL_BITS = 63;

  /** Clocks differ. */
  private static final Duration BACKDATE = Duration.ofDays(1);

  private static final Duration LIFETIME = Duration.ofDays(30);

  private static final byte[] SUBJECT_ALT_NAME = DerBytes.oid(2, 5, 29, 17);

  /** id-pe-acmeIdentifier (RFC 8737 section 6.1). */
  private static final byte[] ACME_IDENTIFIER = DerBytes.oid(1, 3, 6, 1, 5, 5, 7, 1, 31);

  private OwnCertificates() {}

  /**
   * A request for a certificate (RFC 2986) with names as subjectAltName and an empty subject.
   *
   * @return its DER
   */
  static byte[] request(KeyPair keys, List<String> names) {
    byte[] extensions = DerBytes.sequence(altNames(names));
    byte[] attribute =
        DerBytes.sequence(DerBytes.oid(1, 2, 840, 113549, 1, 9, 14), DerBytes.set(extensions));
    byte[] info =
        DerBytes.sequence(
            DerBytes.integer(new byte[1]),
            DerBytes.sequence(),
            keys.getPublic().getEncoded(),
            DerBytes.context(0, attribute));
    return signed(info, keys);
  }

  /**
   * Stands in for a certificate that was not issued yet: clients refuse it, and everything else of
   * a listener works.
   */
  public static Credentials standIn(CertificateKeys kind, List<String> names, Instant now) {
    return selfSigned(kind.generate(), now, altNames(names));
  }

  /** The certificate that answers a tls-alpn-01 challenge (RFC 8737 section 3). */
  public static Credentials answer(PendingChallenge challenge, Instant now) {
    byte[] digest = sha256(challenge.keyAuthorization().getBytes(StandardCharsets.US_ASCII));
    byte[] identifier =
        DerBytes.sequence(
            ACME_IDENTIFIER, DerBytes.isTrue(), DerBytes.octets(DerBytes.octets(digest)));
    return selfSigned(
        CertificateKeys.ECDSA_P256.generate(),
        now,
        altNames(List.of(challenge.name())),
        identifier);
  }

  private static Credentials selfSigned(KeyPair keys, Instant now, byte[]... extensions) {
    byte[] algorithm = CertificateKeys.signatureAlgorithm(keys.getPrivate());
    byte[] name =
        DerBytes.sequence(
            DerBytes.set(
                DerBytes.sequence(
                    DerBytes.oid(2, 5, 4, 3),
                    DerBytes.value(0x0c, "not issued".getBytes(StandardCharsets.US_ASCII)))));
    byte[] serial =
        new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE).toByteArray();
    byte[] certificate =
        DerBytes.sequence(
            DerBytes.context(0, DerBytes.integer(new byte[] {2})),
            DerBytes.integer(serial),
            algorithm,
            name,
            DerBytes.sequence(
                DerBytes.time(now.minus(BACKDATE)), DerBytes.time(now.plus(LIFETIME))),
            name,
            keys.getPublic().getEncoded(),
            DerBytes.context(3, DerBytes.sequence(extensions)));
    try {
      X509Certificate made =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(signed(certificate, keys)));
      return new Credentials(keys.getPrivate(), List.of(made));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was made here cannot be read", e);
    }
  }

  private static byte[] signed(byte[] what, KeyPair keys) {
    return DerBytes.sequence(
        what,
        CertificateKeys.signatureAlgorithm(keys.getPrivate()),
        DerBytes.bits(CertificateKeys.sign(keys.getPrivate(), what)));
  }

  private static byte[] altNames(List<String> names) {
    byte[][] each =
        names.stream().map(name -> DerBytes.contextText(DNS_NAME, name)).toArray(byte[][]::new);
    return DerBytes.sequence(SUBJECT_ALT_NAME, DerBytes.octets(DerBytes.sequence(each)));
  }

  static byte[] sha256(byte[] of) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
