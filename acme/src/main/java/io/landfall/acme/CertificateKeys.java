package io.landfall.acme;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/** The keys of certificates, and what is signed with them. */
public enum CertificateKeys {
  /** ECDSA on P-256. */
  ECDSA_P256,
  /** RSA of 2048 bits. */
  RSA_2048;

  private static final int RSA_BITS = 2048;

  /** A new key. */
  KeyPair generate() {
    try {
      if (this == RSA_2048) {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(RSA_BITS);
        return rsa.generateKeyPair();
      }
      KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
      ec.initialize(new ECGenParameterSpec("secp256r1"));
      return ec.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has EC and RSA keys", e);
    }
  }

  /** A signature with SHA-256, as certificates have it. */
  static byte[] sign(PrivateKey key, byte[] what) {
    return sign(key, what, isRsa(key) ? "SHA256withRSA" : "SHA256withECDSA");
  }

  static byte[] sign(PrivateKey key, byte[] what, String algorithm) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(what);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was made here cannot sign", e);
    }
  }

  /** The AlgorithmIdentifier of {@link #sign} (RFC 5758 section 3.2, RFC 8017 appendix A.2.4). */
  static byte[] signatureAlgorithm(PrivateKey key) {
    return isRsa(key)
        ? DerBytes.sequence(DerBytes.oid(1, 2, 840, 113549, 1, 1, 11), new byte[] {5, 0})
        : DerBytes.sequence(DerBytes.oid(1, 2, 840, 10045, 4, 3, 2));
  }

  private static boolean isRsa(PrivateKey key) {
    return key.getAlgorithm().equals("RSA");
  }
}
