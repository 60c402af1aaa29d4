package io.landfall.acme;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.core.FailureText;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of an account at a CA: ECDSA on P-256, and what is signed with it (ES256, RFC 7518
 * section 3.4) as flattened JWS (RFC 7515 section 7.2.2).
 */
public final class AccountKey {
  private static final int COORDINATE_BYTES = 32;

  private final PrivateKey key;
  private final String jwk;

  private AccountKey(KeyPair keys) {
    key = keys.getPrivate();
    ECPoint point = ((ECPublicKey) keys.getPublic()).getW();
    jwk =
        "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\""
            + base64(unsigned(point.getAffineX()))
            + "\",\"y\":\""
            + base64(unsigned(point.getAffineY()))
            + "\"}";
  }

  /** A new one. */
  static AccountKey generate() {
    return new AccountKey(CertificateKeys.ECDSA_P256.generate());
  }

  /**
   * The one in a PEM file, with the public key behind it; made there with mode 0600 if there is no
   * such file.
   *
   * @throws AcmeFailure when it is no such file, or cannot be written
   */
  static AccountKey at(Path file) throws AcmeFailure {
    try {
      if (!Files.exists(file)) {
        KeyPair made = CertificateKeys.ECDSA_P256.generate();
        PrivateFiles.write(
            file,
            Pem.format("PRIVATE KEY", made.getPrivate().getEncoded())
                + Pem.format("PUBLIC KEY", made.getPublic().getEncoded()));
        return new AccountKey(made);
      }
      String text = PrivateFiles.read(file);
      int second = text.indexOf("-----BEGIN PUBLIC KEY-----");
      if (second < 0) {
        throw new AcmeFailure(
            file
                + " has no PUBLIC KEY block behind its PRIVATE KEY; remove the file to make a new"
                + " account, or append it: openssl ec -in FILE -pubout");
      }
      FileResult<PrivateKey> read = Pem.parsePrivateKey(file.toString(), text.substring(0, second));
      if (read instanceof FileResult.Bad<PrivateKey> bad) {
        throw new AcmeFailure(bad.sentence());
      }
      PrivateKey own = ((FileResult.Good<PrivateKey>) read).value();
      if (!(own instanceof ECPrivateKey ec)
          || ec.getParams().getOrder().bitLength() != COORDINATE_BYTES * Byte.SIZE) {
        throw new AcmeFailure(file + " is no EC key on P-256");
      }
      return new AccountKey(new KeyPair(publicKey(text.substring(second)), own));
    } catch (IOException e) {
      throw new AcmeFailure(
          file + " cannot be read or written: " + AcmeFailure.clean(FailureText.of(e)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new AcmeFailure(file + " has a PUBLIC KEY block that is none");
    }
  }

  private static PublicKey publicKey(String block) throws GeneralSecurityException {
    List<String> lines = new ArrayList<>(block.lines().map(String::strip).toList());
    lines.removeIf(line -> line.startsWith("-----"));
    return KeyFactory.getInstance("EC")
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(String.join("", lines))));
  }

  /** The public key as JWK, in the form of which the thumbprint is made (RFC 7638). */
  String jwk() {
    return jwk;
  }

  /** Its thumbprint (RFC 7638). */
  String thumbprint() {
    return base64(OwnCertificates.sha256(jwk.getBytes(UTF_8)));
  }

  /** What proves a challenge with that token (RFC 8555 section 8.1). */
  String keyAuthorization(String token) {
    return token + "." + thumbprint();
  }

  /**
   * A signed message.
   *
   * @param header the members of the protected header that stand beside {@code alg}, in JSON
   * @param payload the payload, in JSON; empty for a POST-as-GET
   */
  String sign(String header, String payload) {
    String sealed =
        base64(("{\"alg\":\"ES256\"," + header + "}").getBytes(UTF_8))
            + "."
            + base64(payload.getBytes(UTF_8));
    byte[] signature =
        CertificateKeys.sign(key, sealed.getBytes(US_ASCII), "SHA256withECDSAinP1363Format");
    return flattened(sealed, signature);
  }

  /**
   * Binds this account to one that the CA has in another system (RFC 8555 section 7.3.4).
   *
   * @param keyId what the CA calls it
   * @param hmacKey the key that the CA has given
   * @param url that of newAccount
   */
  String bind(String keyId, byte[] hmacKey, String url) {
    String header =
        "{\"alg\":\"HS256\",\"kid\":"
            + AcmeJson.quote(keyId)
            + ",\"url\":"
            + AcmeJson.quote(url)
            + "}";
    String sealed = base64(header.getBytes(UTF_8)) + "." + base64(jwk.getBytes(UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(hmacKey, "HmacSHA256"));
      return flattened(sealed, mac.doFinal(sealed.getBytes(US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private static String flattened(String sealed, byte[] signature) {
    int dot = sealed.indexOf('.');
    return "{\"protected\":\""
        + sealed.substring(0, dot)
        + "\",\"payload\":\""
        + sealed.substring(dot + 1)
        + "\",\"signature\":\""
        + base64(signature)
        + "\"}";
  }

  private static byte[] unsigned(BigInteger coordinate) {
    byte[] bytes = coordinate.toByteArray();
    byte[] fixed = new byte[COORDINATE_BYTES];
    int length = Math.min(bytes.length, COORDINATE_BYTES);
    System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE_BYTES - length, length);
    return fixed;
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
