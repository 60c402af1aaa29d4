package io.landfall.trust;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which of the certificates that a peer showed make up the path from its own to a configured CA:
 * they may come in any order, and with others among them (RFC 8446 section 4.4.2).
 *
 * <p>A certificate is followed by the first one that has its issuer's name and key identifier, as
 * OpenSSL does it: no signature is checked, nothing is tried twice, and a configured CA comes
 * before whatever was shown, so that a stranger's certificates cost a fixed number of comparisons.
 * Whether the path proves anything is for {@link ChainVerifier}.
 */
final class ChainOrder {
  private static final String SUBJECT_KEY_ID = "2.5.29.14";
  private static final String AUTHORITY_KEY_ID = "2.5.29.35";
  private static final int KEY_ID_TAG = 0x80;

  private ChainOrder() {}

  /** The path from the first certificate to the last one below a CA. */
  static List<X509Certificate> below(
      List<X509Certificate> authorities, List<X509Certificate> shown) {
    List<X509Certificate> path = new ArrayList<>();
    List<X509Certificate> rest = new ArrayList<>(shown);
    path.add(rest.removeFirst());
    while (issuersOf(path.getLast(), authorities).isEmpty()) {
      List<X509Certificate> issuers = issuersOf(path.getLast(), rest);
      if (issuers.isEmpty()) {
        break;
      }
      path.add(issuers.getFirst());
      rest.remove(issuers.getFirst());
    }
    return path;
  }

  /** Those that can have issued a certificate, going by name and key identifier. */
  static List<X509Certificate> issuersOf(X509Certificate certificate, List<X509Certificate> of) {
    return of.stream().filter(issuer -> canHaveIssued(issuer, certificate)).toList();
  }

  private static boolean canHaveIssued(X509Certificate issuer, X509Certificate certificate) {
    if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    Optional<byte[]> named =
        Der.extension(certificate, AUTHORITY_KEY_ID).flatMap(ChainOrder::keyIdOfAuthority);
    Optional<byte[]> has = Der.extension(issuer, SUBJECT_KEY_ID).map(Der.Value::content);
    return named.isEmpty() || has.isEmpty() || Arrays.equals(named.get(), has.get());
  }

  private static Optional<byte[]> keyIdOfAuthority(Der.Value identifier) {
    return Der.items(identifier.content())
        .flatMap(items -> items.stream().filter(item -> item.tag() == KEY_ID_TAG).findFirst())
        .map(Der.Value::content);
  }
}
