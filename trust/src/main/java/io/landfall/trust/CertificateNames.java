package io.landfall.trust;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The subject alternative names of a certificate by kind (RFC 5280 section 4.2.1.6). The subject
 * itself is never read: it names no peer here.
 *
 * @param uris URI names
 * @param addresses IP names, the 4 or 16 bytes of each as they stand in the certificate: the JDK's
 *     text for one turns an IPv4-mapped IPv6 address into the IPv4 address, although constraints on
 *     names distinguish the two
 * @param dnsNames DNS names
 * @param otherKinds a word for each name of another kind
 */
record CertificateNames(
    List<String> uris, List<byte[]> addresses, List<String> dnsNames, List<String> otherKinds) {
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int IP = 7;
  private static final int IP_TAG = 0x80 | IP;

  static CertificateNames of(X509Certificate certificate) throws CertificateParsingException {
    List<String> uris = new ArrayList<>();
    List<byte[]> addresses = new ArrayList<>();
    List<String> dnsNames = new ArrayList<>();
    List<String> otherKinds = new ArrayList<>();
    List<Der.Value> raw = raw(certificate);
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if ((names == null ? 0 : names.size()) != raw.size()) {
      // What the JDK cannot read it leaves out, and holds no constraint on names against it.
      throw new CertificateParsingException("its list of names");
    }
    if (names != null) {
      for (List<?> name : names) {
        int kind = (Integer) name.get(0);
        switch (kind) {
          case DNS -> dnsNames.add((String) name.get(1));
          case URI -> uris.add((String) name.get(1));
          case IP -> {}
          default -> otherKinds.add("kind " + kind);
        }
      }
    }
    for (Der.Value name : raw) {
      if (name.tag() == IP_TAG) {
        addresses.add(name.content());
      }
    }
    return new CertificateNames(uris, addresses, dnsNames, otherKinds);
  }

  private static List<Der.Value> raw(X509Certificate certificate)
      throws CertificateParsingException {
    if (certificate.getExtensionValue(ALTERNATIVE_NAMES) == null) {
      return List.of();
    }
    return Der.extension(certificate, ALTERNATIVE_NAMES)
        .flatMap(list -> Der.items(list.content()))
        .orElseThrow(() -> new CertificateParsingException("its list of names"));
  }
}
