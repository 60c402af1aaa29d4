package io.landfall.trust;

import io.landfall.core.InvariantBroken;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/** The fingerprint of a certificate: SHA-256 over its DER bytes. */
public final class Fingerprints {
  private Fingerprints() {}

  /** The fingerprint as 64 lower-case hex digits. */
  public static String sha256(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new InvariantBroken("a parsed certificate has bytes, and every JDK has SHA-256", e);
    }
  }
}
