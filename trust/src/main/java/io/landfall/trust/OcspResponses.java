package io.landfall.trust;

import io.landfall.core.FailureText;
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

/** Which responses of OCSP (RFC 6960) are good. Nothing is fetched here. */
public final class OcspResponses {
  /** The JDK takes a response for so long after its end, for clocks that differ. */
  private static final long SKEW_MILLIS = 15 * 60_000L;

  private OcspResponses() {}

  /**
   * Why a response cannot be sent with a certificate: it must be signed by the certificate's
   * issuer, or by whom that has delegated it to, be of now, and find the certificate good.
   *
   * @param response DER, as it came from the responder
   * @param chain the certificate, and its issuer behind it
   * @param wallMillis the time of now
   * @return empty when it is good
   */
  public static Optional<String> unusable(
      byte[] response, List<X509Certificate> chain, long wallMillis) {
    if (chain.size() < 2) {
      return Optional.of("the certificate's file has no issuer behind it to verify this with");
    }
    try {
      verify(response, chain, wallMillis);
      verify(response, chain, wallMillis + SKEW_MILLIS);
      return Optional.empty();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // The second is how the JDK ends at the malformed name of a responder.
      return Optional.of("it is no response that can be used: " + FailureText.of(e));
    }
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
