package io.landfall.trust;

import io.landfall.core.FailureText;
import io.landfall.core.InvariantBroken;
import io.landfall.trust.AdmissionResult.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a chain leads to one of the configured CAs, at a given time, and ends in a certificate
 * that a node may use for mutual TLS (RFC 5280 section 6, by the JDK's PKIX validator). Nothing is
 * fetched: no CRL, no OCSP, no missing intermediate.
 *
 * <p>The validator takes nothing of a CA that is configured but its name and key. What else stands
 * in that CA's certificate binds here as in every other one of the chain, as OpenSSL reads it: its
 * dates, its path length, its constraints on names, the uses of its key.
 */
// The PKIX interface of the JDK uses java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class ChainVerifier {
  /**
   * The most certificates that a peer may show, its own included: as many as the JDK's TLS takes
   * ({@code jdk.tls.maxCertificateChainLength}), so that both protocols of the port agree.
   */
  static final int MAX_CHAIN = 10;

  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  /** The critical extensions of a CA that are understood, here or by the validator. */
  private static final List<String> KNOWN_EXTENSIONS =
      List.of(
          KEY_USAGE,
          "2.5.29.17", // subject alternative name
          "2.5.29.19", // basic constraints
          NAME_CONSTRAINTS,
          "2.5.29.32", // certificate policies
          "2.5.29.33", // policy mappings
          "2.5.29.36", // policy constraints
          "2.5.29.37", // extended key usage
          "2.5.29.54"); // inhibit anyPolicy

  private final List<X509Certificate> authorities;

  ChainVerifier(List<X509Certificate> authorities) {
    this.authorities = authorities;
  }

  /** What came of looking at a chain. */
  sealed interface Verdict {
    /**
     * It proves its first certificate.
     *
     * @param path that certificate, those above it, and the configured CA
     */
    record Proved(List<X509Certificate> path) implements Verdict {}

    /** It proves nothing. */
    record NotProved(Refused refused) implements Verdict {}
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

  Verdict verify(List<X509Certificate> chain, long wallMillis) {
    List<X509Certificate> below = ChainOrder.below(authorities, chain);
    Verdict verdict =
        refuse(
            AdmissionRule.WRONG_CA,
            "no configured CA vouches for the certificate issued by "
                + Printable.text(chain.getFirst().getIssuerX500Principal().getName()));
    for (X509Certificate authority : ChainOrder.issuersOf(below.getLast(), authorities)) {
      verdict = verify(below, authority, wallMillis);
      if (verdict instanceof Verdict.Proved) {
        return verdict;
      }
    }
    return verdict;
  }

  private static Verdict verify(
      List<X509Certificate> below, X509Certificate authority, long wallMillis) {
    List<X509Certificate> path = new ArrayList<>(below);
    path.add(authority);
    for (int i = 0; i < path.size(); i++) {
      Optional<Refused> untimely = refuseDates(path.get(i), i == 0, wallMillis);
      if (untimely.isPresent()) {
        return new Verdict.NotProved(untimely.get());
      }
    }
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(new Date(wallMillis));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(below), parameters);
    } catch (CertPathValidatorException e) {
      return refuseChain(e, below.getFirst());
    } catch (GeneralSecurityException e) {
      throw new InvariantBroken("every JDK has X.509 and PKIX", e);
    }
    return refuseAuthority(below, authority)
        .or(() -> refuseIssuersUsage(path))
        .or(() -> refuseStrength(path))
        .or(() -> refuseUsage(below.getFirst()))
        .<Verdict>map(Verdict.NotProved::new)
        .orElseGet(() -> new Verdict.Proved(List.copyOf(path)));
  }

  private static Optional<Refused> refuseDates(
      X509Certificate certificate, boolean leaf, long wallMillis) {
    Instant now = Instant.ofEpochMilli(wallMillis);
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    boolean early = now.isBefore(from);
    // OpenSSL ends a certificate at its last second, and so does this; RFC 5280 after it.
    if (!early && now.isBefore(to)) {
      return Optional.empty();
    }
    return Optional.of(
        new Refused(
            early ? AdmissionRule.NOT_YET_VALID : AdmissionRule.EXPIRED,
            (leaf
                    ? "the certificate"
                    : "the CA certificate of "
                        + Printable.text(certificate.getSubjectX500Principal().getName()))
                + " is valid from "
                + from
                + " to "
                + to
                + ", this node's clock shows "
                + now
                + (early
                    ? ": check the clocks of this node and of the issuer"
                    : ": renew it, or check this node's clock")));
  }

  private static Verdict refuseChain(CertPathValidatorException e, X509Certificate leaf) {
    return refuse(
        e.getReason() == BasicReason.EXPIRED
            ? AdmissionRule.EXPIRED
            : e.getReason() == BasicReason.NOT_YET_VALID
                ? AdmissionRule.NOT_YET_VALID
                : AdmissionRule.WRONG_CA,
        "no configured CA vouches for the certificate issued by "
            + Printable.text(leaf.getIssuerX500Principal().getName())
            + ": "
            + FailureText.of(e));
  }

  /** What stands in the certificate of a configured CA, which the validator does not look at. */
  private static Optional<Refused> refuseAuthority(
      List<X509Certificate> below, X509Certificate authority) {
    Set<String> critical = authority.getCriticalExtensionOIDs();
    if (critical != null && !KNOWN_EXTENSIONS.containsAll(critical)) {
      return wrongCa(authority, "has a critical extension that is not known here");
    }
    boolean[] usage = authority.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      return wrongCa(authority, "has a key usage without keyCertSign");
    }
    // RFC 5280 section 4.2.1.9: certificates that a CA issued to itself do not count.
    long between = below.stream().skip(1).filter(each -> !isSelfIssued(each)).count();
    if (between > authority.getBasicConstraints()) {
      return wrongCa(
          authority,
          "allows "
              + authority.getBasicConstraints()
              + " CAs below it (path length), and there are "
              + between);
    }
    return refuseNames(below, authority);
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static Optional<Refused> refuseNames(
      List<X509Certificate> below, X509Certificate authority) {
    Optional<X509CertSelector> allowed = namesOf(authority);
    if (allowed.isEmpty()) {
      return unreadNames(authority);
    }
    for (int i = 0; i < below.size(); i++) {
      if ((i == 0 || !isSelfIssued(below.get(i))) && !allowed.get().match(below.get(i))) {
        return wrongCa(authority, "has name constraints that the names below it break");
      }
    }
    return Optional.empty();
  }

  /** What the name constraints of a CA allow, all where it has none; empty when unreadable. */
  private static Optional<X509CertSelector> namesOf(X509Certificate issuer) {
    X509CertSelector selector = new X509CertSelector();
    try {
      if (issuer.getExtensionValue(NAME_CONSTRAINTS) != null) {
        selector.setNameConstraints(
            Der.extensionBytes(issuer, NAME_CONSTRAINTS)
                .orElseThrow(() -> new IOException("no octet string")));
      }
      return Optional.of(selector);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Refused> unreadNames(X509Certificate issuer) {
    return wrongCa(issuer, "has name constraints that are unreadable");
  }

  /**
   * Whether there is a key usage that the JDK could not read. It then leaves out one that is not
   * critical, as the validator leaves out name constraints: limits that would be none.
   */
  private static boolean isKeyUsageUnread(X509Certificate certificate) {
    return certificate.getExtensionValue(KEY_USAGE) != null && certificate.getKeyUsage() == null;
  }

  /** A CA whose certificate lists uses of keys vouches for those uses only. */
  private static Optional<Refused> refuseIssuersUsage(List<X509Certificate> path) {
    for (X509Certificate issuer : path.subList(1, path.size())) {
      if (isKeyUsageUnread(issuer)) {
        return wrongCa(issuer, "has a key usage that is unreadable");
      }
      if (namesOf(issuer).isEmpty()) {
        return unreadNames(issuer);
      }
      if (!allowsMutualTls(issuer)) {
        return wrongCa(issuer, "has an extended key usage without serverAuth or clientAuth");
      }
    }
    return Optional.empty();
  }

  private static Optional<Refused> refuseStrength(List<X509Certificate> path) {
    for (int i = 0; i < path.size(); i++) {
      X509Certificate each = path.get(i);
      Optional<String> weak = KeyRules.weakKey(each);
      // A configured CA is believed for being configured, whatever its own signature is.
      if (weak.isEmpty() && i < path.size() - 1) {
        weak = KeyRules.weakSignature(each);
      }
      if (weak.isPresent()) {
        return Optional.of(
            new Refused(
                AdmissionRule.TOO_WEAK,
                "the certificate of "
                    + Printable.text(each.getSubjectX500Principal().getName())
                    + " is too weak: "
                    + weak.get()
                    + "; what is taken is EC, Ed25519, or RSA of at least "
                    + KeyRules.MIN_RSA_BITS
                    + " bits, signed over SHA-2"));
      }
    }
    return Optional.empty();
  }

  private static Optional<Refused> refuseUsage(X509Certificate leaf) {
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || (usage != null && usage[KEY_CERT_SIGN])) {
      return refusal(AdmissionRule.NOT_A_LEAF, "the certificate may sign others; a node's may not");
    }
    if (isKeyUsageUnread(leaf)) {
      return refusal(AdmissionRule.WRONG_USAGE, "the certificate's key usage is unreadable");
    }
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      return refusal(
          AdmissionRule.WRONG_USAGE, "the certificate's key usage lacks digitalSignature");
    }
    if (!allowsMutualTls(leaf)) {
      return refusal(
          AdmissionRule.WRONG_USAGE,
          "the certificate's extended key usage needs both serverAuth and clientAuth");
    }
    return KeyRules.unusableInTls(leaf.getPublicKey())
        .map(why -> new Refused(AdmissionRule.UNUSABLE_KEY, why));
  }

  /** Whether a certificate lists no uses, or both ends of TLS; anyExtendedKeyUsage is neither. */
  private static boolean allowsMutualTls(X509Certificate certificate) {
    try {
      List<String> extended = certificate.getExtendedKeyUsage();
      return extended == null || extended.containsAll(List.of(SERVER_AUTH, CLIENT_AUTH));
    } catch (CertificateException e) {
      // What cannot be read allows nothing.
      return false;
    }
  }

  private static Optional<Refused> wrongCa(X509Certificate authority, String why) {
    return refusal(
        AdmissionRule.WRONG_CA,
        "the CA " + Printable.text(authority.getSubjectX500Principal().getName()) + " " + why);
  }

  private static Verdict refuse(AdmissionRule rule, String sentence) {
    return new Verdict.NotProved(new Refused(rule, sentence));
  }

  private static Optional<Refused> refusal(AdmissionRule rule, String sentence) {
    return Optional.of(new Refused(rule, sentence));
  }
}
