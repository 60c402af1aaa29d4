package io.landfall.trust;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The subject alternative names of a certificate by kind (RFC 5280 section 4.2.1.6). The subject
 * itself is never read: it names nobody here.
 */
record CertificateNames(
    List<String> uris, List<String> addresses, List<String> dnsNames, List<String> otherKinds) {
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int IP = 7;

  static CertificateNames of(X509Certificate certificate) throws CertificateParsingException {
    List<String> uris = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    List<String> dnsNames = new ArrayList<>();
    List<String> otherKinds = new ArrayList<>();
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        int kind = (Integer) name.get(0);
        switch (kind) {
          case DNS -> dnsNames.add((String) name.get(1));
          case URI -> uris.add((String) name.get(1));
          case IP -> addresses.add((String) name.get(1));
          default -> otherKinds.add("kind " + kind);
        }
      }
    }
    return new CertificateNames(uris, addresses, dnsNames, otherKinds);
  }
}
