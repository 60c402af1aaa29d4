package io.landfall.trust;

import io.landfall.core.InvariantBroken;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/**
 * Fingerprints: SHA-256 over DER bytes.
 *
 * <p>That of a certificate covers its signature too, which the certificate's holder can change
 * without making it invalid (an ECDSA signature (r, s) is as good as (r, n - s)). So it names a
 * certificate to people and distinguishes two, and nothing is refused by it; the one of its key is
 * good for that.
 */
public final class Fingerprints {
  private Fingerprints() {}

  /** The fingerprint of a certificate as 64 lower-case hex digits. */
  public static String sha256(X509Certificate certificate) {
    try {
      return hash(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new InvariantBroken("a parsed certificate has bytes", e);
    }
  }

  /** The fingerprint of a key (its SubjectPublicKeyInfo) as 64 lower-case hex digits. */
  public static String sha256(PublicKey key) {
    return hash(key.getEncoded());
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new InvariantBroken("every JDK has SHA-256", e);
    }
  }
}
