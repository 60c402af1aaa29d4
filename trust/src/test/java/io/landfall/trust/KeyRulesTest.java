package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys both TLS libraries can use, and what is written of another one. */
class KeyRulesTest {
  /** A key on a curve that the JDK has not: secp256k1 (SEC 2 section 2.4.1). */
  private static final class OtherCurve implements ECPublicKey {
    private static final long serialVersionUID = 1L;
    private static final ECPoint GENERATOR =
        new ECPoint(
            number("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"),
            number("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8"));

    private static BigInteger number(String hex) {
      return new BigInteger(hex, 16);
    }

    @Override
    public ECPoint getW() {
      return GENERATOR;
    }

    @Override
    public ECParameterSpec getParams() {
      return new ECParameterSpec(
          new EllipticCurve(
              new ECFieldFp(
                  number("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F")),
              BigInteger.ZERO,
              BigInteger.valueOf(7)),
          GENERATOR,
          number("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"),
          1);
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "X.509";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }

  /** A public key needs no factors: any odd modulus is one of so many bits. */
  private static PublicKey rsa(String algorithm, int bits) throws GeneralSecurityException {
    BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65_537)));
  }

  private static PublicKey generated(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair().getPublic();
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 8192})
  void anRsaKeyOf2048To8192BitsIsUsable(int bits) throws Exception {
    assertThat(KeyRules.unusableInTls(rsa("RSA", bits))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2047", "RSA, 8193", "RSASSA-PSS, 2048"})
  void anotherRsaKeyIsNot(String algorithm, int bits) throws Exception {
    assertThat(KeyRules.unusableInTls(rsa(algorithm, bits)).orElseThrow())
        .startsWith("the key is " + algorithm + " of " + bits + " bits; what can be used for TLS");
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384})
  void anEcKeyOnEitherOfTwoCurvesIsUsable(int bits) throws Exception {
    assertThat(KeyRules.unusableInTls(generated("EC", bits))).isEmpty();
  }

  @Test
  void aKeyOfAnotherKindIsNamedByItsKind() throws Exception {
    assertThat(KeyRules.unusableInTls(generated("EC", 521)).orElseThrow())
        .startsWith("the key is EC on P-521; ");
    assertThat(KeyRules.unusableInTls(new OtherCurve()).orElseThrow())
        .startsWith("the key is EC on a curve of 256 bits; ");
    assertThat(KeyRules.unusableInTls(generated("Ed25519", 255)).orElseThrow())
        .startsWith("the key is Ed25519; ");
    assertThat(KeyRules.unusableInTls(generated("X25519", 255)).orElseThrow())
        .startsWith("the key is XDH; ");
  }
}
