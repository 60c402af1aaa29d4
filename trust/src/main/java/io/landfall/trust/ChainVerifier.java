package io.landfall.trust;

import io.landfall.core.InvariantBroken;
import io.landfall.trust.AdmissionResult.Refused;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Whether a chain leads to one of the configured CAs, at a given time, and ends in a certificate
 * that a node may use for mutual TLS (RFC 5280 section 6, by the JDK's PKIX validator). Nothing is
 * fetched: no CRL, no OCSP, no missing intermediate.
 */
// The PKIX interface of the JDK speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class ChainVerifier {
  /** The most certificates that a peer may show: its own and three above it. */
  static final int MAX_CHAIN = 4;

  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final List<X509Certificate> authorities;

  ChainVerifier(List<X509Certificate> authorities) {
    this.authorities = authorities;
  }

  /** The same certificates as the JDK reads them, whatever TLS library they came from. */
  static List<X509Certificate> reparse(List<X509Certificate> chain) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> parsed = new ArrayList<>(chain.size());
    for (X509Certificate certificate : chain) {
      parsed.add(
          (X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(certificate.getEncoded())));
    }
    return parsed;
  }

  Optional<Refused> verify(List<X509Certificate> chain, long wallMillis) {
    Date date = new Date(wallMillis);
    LinkedHashSet<TrustAnchor> anchors = new LinkedHashSet<>();
    for (X509Certificate authority : authorities) {
      // The validator does not look at the dates of an anchor, so an expired CA is left out here.
      if (!date.before(authority.getNotBefore()) && !date.after(authority.getNotAfter())) {
        anchors.add(new TrustAnchor(authority, null));
      }
    }
    if (anchors.isEmpty()) {
      return refuse(AdmissionRule.EXPIRED, "no configured CA is valid at this time");
    }
    // A peer may send the CA too; the path that is verified ends below it.
    List<X509Certificate> path = new ArrayList<>(chain);
    while (path.size() > 1 && authorities.contains(path.getLast())) {
      path.removeLast();
    }
    try {
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(date);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      return refuseChain(e, chain.getFirst());
    } catch (GeneralSecurityException e) {
      throw new InvariantBroken("every JDK has X.509 and PKIX", e);
    }
    return refuseUsage(chain.getFirst());
  }

  private static Optional<Refused> refuseChain(CertPathValidatorException e, X509Certificate leaf) {
    if (e.getReason() == BasicReason.EXPIRED) {
      return refuse(
          AdmissionRule.EXPIRED,
          "the certificate chain has expired: "
              + e.getMessage()
              + " (its leaf ends "
              + leaf.getNotAfter().toInstant()
              + ")");
    }
    if (e.getReason() == BasicReason.NOT_YET_VALID) {
      return refuse(
          AdmissionRule.NOT_YET_VALID,
          "the certificate chain is not valid yet: "
              + e.getMessage()
              + " (its leaf starts "
              + leaf.getNotBefore().toInstant()
              + "); compare the clocks");
    }
    return refuse(
        AdmissionRule.WRONG_CA,
        "no configured CA vouches for the certificate issued by "
            + Printable.text(leaf.getIssuerX500Principal().getName())
            + ": "
            + e.getMessage());
  }

  private static Optional<Refused> refuseUsage(X509Certificate leaf) {
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || (usage != null && usage[KEY_CERT_SIGN])) {
      return refuse(AdmissionRule.NOT_A_LEAF, "the certificate may sign others; a node's may not");
    }
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      return refuse(
          AdmissionRule.WRONG_USAGE, "the certificate's key usage lacks digitalSignature");
    }
    List<String> extended;
    try {
      extended = leaf.getExtendedKeyUsage();
    } catch (CertificateException e) {
      return refuse(AdmissionRule.UNREADABLE, "the extended key usage is unreadable");
    }
    if (extended != null
        && !extended.contains(ANY_USAGE)
        && !(extended.contains(SERVER_AUTH) && extended.contains(CLIENT_AUTH))) {
      return refuse(
          AdmissionRule.WRONG_USAGE,
          "the certificate's extended key usage needs both serverAuth and clientAuth");
    }
    return Optional.empty();
  }

  private static Optional<Refused> refuse(AdmissionRule rule, String sentence) {
    return Optional.of(new Refused(rule, sentence));
  }
}
