package io.landfall.ca;

import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.SpiffeId;
import io.landfall.trust.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a certificate shall say. Nothing here is checked against the rules of admission: tests need
 * certificates that break every one of them. {@link #node} and {@link #site} make good ones.
 *
 * @param commonName the subject's common name, which is for people only
 * @param uris URI names
 * @param addresses IP names, as literals
 * @param dnsNames DNS names
 * @param notBeforeMillis the start, wall-clock milliseconds since 1970
 * @param notAfterMillis the end, wall-clock milliseconds since 1970
 * @param usages the extended key usages
 */
public record CertificateRequest(
    String commonName,
    List<String> uris,
    List<String> addresses,
    List<String> dnsNames,
    long notBeforeMillis,
    long notAfterMillis,
    List<Usage> usages) {
  /** What the key is for (RFC 5280 section 4.2.1.12). */
  public enum Usage {
    /** The server's end of TLS. */
    SERVER,
    /** The client's end of TLS. */
    CLIENT
  }

  /** New certificates start this much in the past, since clocks differ. */
  public static final long BACKDATE_MILLIS = 300_000;

  /** What no DNS name has: a colon or bracket, or digits alone as its last label. */
  private static final Pattern NO_NAME = Pattern.compile("[:\\[\\]]|(^|\\.)[0-9]+\\.?$");

  /** Copies the lists. */
  public CertificateRequest {
    uris = List.copyOf(uris);
    addresses = List.copyOf(addresses);
    dnsNames = List.copyOf(dnsNames);
    usages = List.copyOf(usages);
  }

  /** A node's certificate: one SPIFFE name, one identity, and the services it may originate. */
  public static CertificateRequest node(
      TrustDomain trustDomain,
      NodeName name,
      HostAddress identity,
      Iterable<ServiceName> services,
      long wallMillis,
      long validMillis) {
    List<String> dnsNames = new ArrayList<>();
    services.forEach(service -> dnsNames.add(trustDomain.dnsNameOf(service)));
    return new CertificateRequest(
        name.value(),
        List.of(new SpiffeId(trustDomain, name).toString()),
        List.of(identity.toString()),
        dnsNames,
        wallMillis - BACKDATE_MILLIS,
        wallMillis + validMillis,
        List.of(Usage.SERVER, Usage.CLIENT));
  }

  /**
   * A site's certificate for client TLS: the hosts of its services. An address, IPv6 with or
   * without brackets, is an IP name, since no client takes a DNS name for one (RFC 9525 section 6).
   *
   * @throws IllegalArgumentException when there is no host, or one is neither a name nor an address
   */
  public static CertificateRequest site(List<String> hosts, long wallMillis, long validMillis) {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("a site certificate needs at least one host");
    }
    List<String> addresses = new ArrayList<>();
    List<String> dnsNames = new ArrayList<>();
    for (String host : hosts) {
      Optional<String> address = Addresses.parseLiteral(unbracketed(host)).map(Addresses::format);
      if (address.isEmpty() && NO_NAME.matcher(host).find()) {
        throw new IllegalArgumentException(
            "host '" + host + "' is neither a name nor an address; give it without a port");
      }
      address.ifPresentOrElse(addresses::add, () -> dnsNames.add(host));
    }
    return new CertificateRequest(
        (dnsNames.isEmpty() ? addresses : dnsNames).getFirst(),
        List.of(),
        addresses,
        dnsNames,
        wallMillis - BACKDATE_MILLIS,
        wallMillis + validMillis,
        List.of(Usage.SERVER));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0
        ? host.substring(1, host.length() - 1)
        : host;
  }

  /** The same with other URI names. */
  public CertificateRequest withUris(String... values) {
    return new CertificateRequest(
        commonName, List.of(values), addresses, dnsNames, notBeforeMillis, notAfterMillis, usages);
  }

  /** The same with other IP names. */
  public CertificateRequest withAddresses(String... values) {
    return new CertificateRequest(
        commonName, uris, List.of(values), dnsNames, notBeforeMillis, notAfterMillis, usages);
  }

  /** The same with other DNS names. */
  public CertificateRequest withDnsNames(String... values) {
    return new CertificateRequest(
        commonName, uris, addresses, List.of(values), notBeforeMillis, notAfterMillis, usages);
  }

  /** The same with another validity, wall-clock milliseconds since 1970. */
  public CertificateRequest withValidity(long fromMillis, long toMillis) {
    return new CertificateRequest(
        commonName, uris, addresses, dnsNames, fromMillis, toMillis, usages);
  }

  /** The same with other extended key usages. */
  public CertificateRequest withUsages(Usage... values) {
    return new CertificateRequest(
        commonName, uris, addresses, dnsNames, notBeforeMillis, notAfterMillis, List.of(values));
  }
}
