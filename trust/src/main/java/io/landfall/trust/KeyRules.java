package io.landfall.trust;

import io.landfall.core.InvariantBroken;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Optional;

/**
 * Which keys and signatures are taken. Two questions: whether a key can do TLS on every connection
 * of a node, and whether a certificate is strong enough to be believed.
 *
 * <p>A node speaks BGP over the JDK's TLS and everything else over BoringSSL. The latter knows
 * fewer kinds of key, so a key that only the former can use gives a session on which no request is
 * ever forwarded. Strength is that of OpenSSL's security level 2, 112 bits (NIST SP 800-57 part 1
 * table 2).
 */
final class KeyRules {
  /** The shortest RSA modulus, in bits. */
  static final int MIN_RSA_BITS = 2048;

  /** The longest RSA modulus, in bits: BoringSSL verifies nothing longer. */
  static final int MAX_RSA_BITS = 8192;

  private static final List<String> TLS_CURVES = List.of("P-256", "P-384");

  /** Signatures over SHA-2 or better, by the JDK's names; one with parameters is looked into. */
  private static final List<String> SIGNATURES =
      List.of(
          "SHA224withRSA",
          "SHA256withRSA",
          "SHA384withRSA",
          "SHA512withRSA",
          "SHA224withECDSA",
          "SHA256withECDSA",
          "SHA384withECDSA",
          "SHA512withECDSA",
          "EdDSA",
          "Ed25519",
          "Ed448");

  private static final String PSS = "RSASSA-PSS";

  /** The hash of a PSS signature without parameters, and of nothing else here: SHA-1. */
  private static final String PSS_DEFAULT = "SHA-1";

  private KeyRules() {}

  /** Why a key cannot serve in TLS at both ends of every connection; empty when it can. */
  static Optional<String> unusableInTls(PublicKey key) {
    boolean usable =
        switch (key) {
          case RSAPublicKey rsa -> key.getAlgorithm().equals("RSA") && rsaBitsFit(rsa);
          case ECPublicKey ec -> TLS_CURVES.contains(curve(ec));
          default -> false;
        };
    return usable
        ? Optional.empty()
        : Optional.of(
            "the key is "
                + kind(key)
                + "; what can be used for TLS here is EC on P-256 or P-384, or RSA of "
                + MIN_RSA_BITS
                + " to "
                + MAX_RSA_BITS
                + " bits");
  }

  /** Why a certificate's own key is too weak, or of a kind not taken; empty when it is neither. */
  static Optional<String> weakKey(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    boolean strong =
        switch (key) {
          case RSAPublicKey rsa -> rsaBitsFit(rsa);
          case ECPublicKey _ -> true; // The JDK knows P-256, P-384 and P-521 and no other curve.
          case EdECPublicKey _ -> true;
          default -> false;
        };
    return strong ? Optional.empty() : Optional.of("its key is " + kind(key));
  }

  /** Why the signature on a certificate is too weak; empty when it is strong enough. */
  static Optional<String> weakSignature(X509Certificate certificate) {
    String name = certificate.getSigAlgName();
    if (SIGNATURES.contains(name)) {
      return Optional.empty();
    }
    if (name.equals(PSS)) {
      String hash = pssHash(certificate);
      return hash.startsWith("SHA-1") || hash.startsWith("MD")
          ? Optional.of("it is signed by " + PSS + " with " + hash)
          : Optional.empty();
    }
    return Optional.of("it is signed by " + Printable.text(name));
  }

  private static String pssHash(X509Certificate certificate) {
    byte[] encoded = certificate.getSigAlgParams();
    if (encoded == null) {
      return PSS_DEFAULT;
    }
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance(PSS);
      parameters.init(encoded);
      return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
    } catch (GeneralSecurityException | IOException e) {
      // Parameters that cannot be read are as good as the weakest.
      return PSS_DEFAULT;
    }
  }

  private static boolean rsaBitsFit(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
  }

  /** The kind of a key, for people. */
  private static String kind(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> key.getAlgorithm() + " of " + rsa.getModulus().bitLength() + " bits";
      case ECPublicKey ec -> "EC on " + curve(ec);
      case EdECPublicKey ed -> ed.getParams().getName();
      default -> key.getAlgorithm();
    };
  }

  private static String curve(ECPublicKey key) {
    ECParameterSpec params = key.getParams();
    for (int bits : new int[] {256, 384, 521}) {
      ECParameterSpec known = named("secp" + bits + "r1");
      if (known.getCurve().equals(params.getCurve())
          && known.getGenerator().equals(params.getGenerator())
          && known.getOrder().equals(params.getOrder())) {
        return "P-" + bits;
      }
    }
    return "a curve of " + params.getCurve().getField().getFieldSize() + " bits";
  }

  private static ECParameterSpec named(String curve) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(curve));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new InvariantBroken("every JDK knows " + curve, e);
    }
  }
}
