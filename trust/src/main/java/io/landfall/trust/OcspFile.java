package io.landfall.trust;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Responses of OCSP (RFC 6960) in files, DER as it came from the responder. Nothing is fetched
 * here.
 */
public final class OcspFile {
  /** The largest file that is read, in bytes. */
  public static final int MAX_FILE_BYTES = 1 << 16;

  /** The JDK takes a response for so long after its end, for clocks that differ. */
  private static final long SKEW_MILLIS = 15 * 60_000L;

  private OcspFile() {}

  /**
   * Reads a response and verifies it: it must be signed by the certificate's issuer, or by whom
   * that has delegated it to, be of now, and find the certificate good.
   *
   * @param chain the certificate, and its issuer behind it
   * @param wallMillis the time of now
   * @return empty when there is no such file
   */
  public static Optional<FileResult<byte[]>> read(
      Path file, List<X509Certificate> chain, long wallMillis) {
    byte[] response;
    try (InputStream in = Files.newInputStream(file)) {
      response = in.readNBytes(MAX_FILE_BYTES + 1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return bad(file, "it cannot be read: " + FailureText.of(e));
    }
    if (response.length > MAX_FILE_BYTES) {
      return bad(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
    }
    if (chain.size() < 2) {
      return bad(file, "the certificate's file has no issuer behind it to verify this with");
    }
    try {
      verify(response, chain, wallMillis);
      verify(response, chain, wallMillis + SKEW_MILLIS);
      return Optional.of(new FileResult.Good<>(response));
    } catch (GeneralSecurityException e) {
      return bad(file, "it is no response that can be used: " + FailureText.of(e));
    }
  }

  private static Optional<FileResult<byte[]>> bad(Path file, String why) {
    return Optional.of(new FileResult.Bad<>(file.toString(), 0, why));
  }

  private static void verify(byte[] response, List<X509Certificate> chain, long atMillis)
      throws GeneralSecurityException {
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    // With a response at hand and no fallback nothing is fetched.
    checker.setOptions(
        EnumSet.of(
            PKIXRevocationChecker.Option.NO_FALLBACK,
            PKIXRevocationChecker.Option.ONLY_END_ENTITY));
    checker.setOcspResponses(Map.of(chain.getFirst(), response));
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(chain.get(1), null)));
    parameters.addCertPathChecker(checker);
    parameters.setDate(Date.from(Instant.ofEpochMilli(atMillis)));
    validator.validate(
        CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain.getFirst())),
        parameters);
  }
}
