package io.landfall.edge;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The hosts for which one certificate may stand (RFC 9525 section 6): its DNS names, one label at a
 * {@code *} that is the whole first label, and its addresses. The listener that shows it fires this
 * as an event of the connection.
 */
public final class CoveredHosts {
  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;

  private final List<String> dnsNames;
  private final Set<String> names;
  private final Set<String> addresses;

  private CoveredHosts(List<String> dnsNames, Set<String> addresses) {
    this.dnsNames = List.copyOf(dnsNames);
    this.names = new TreeSet<>(dnsNames);
    this.addresses = addresses;
  }

  /**
   * Those of a certificate.
   *
   * @param alternativeNames its subject alternative names, as {@code X509Certificate} gives them
   */
  public static CoveredHosts of(Collection<List<?>> alternativeNames) {
    List<String> dnsNames = new ArrayList<>();
    Set<String> addresses = new TreeSet<>();
    for (List<?> entry : alternativeNames) {
      String value = String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT);
      if (entry.get(0).equals(DNS_NAME)) {
        dnsNames.add(value);
      } else if (entry.get(0).equals(ADDRESS)) {
        addresses.add(address(value));
      }
    }
    return new CoveredHosts(dnsNames, addresses);
  }

  /** The DNS names as they stand in the certificate, in lower case. */
  public List<String> dnsNames() {
    return dnsNames;
  }

  /**
   * Whether a request for the host may come on a connection on which the certificate was shown.
   *
   * @param host a host name in lower case or an address, IPv6 in brackets, without a port
   */
  public boolean covers(String host) {
    if (host.startsWith("[")) {
      return addresses.contains(address(host.substring(1, host.length() - 1)));
    }
    // A DNS name that reads as an address, or a wildcard of one, is none.
    if (NetUtil.isValidIpV4Address(host)) {
      return addresses.contains(host);
    }
    int dot = host.indexOf('.');
    return names.contains(host) || (dot > 0 && names.contains("*" + host.substring(dot)));
  }

  /** One spelling of an address. */
  private static String address(String literal) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    return bytes == null ? literal : NetUtil.bytesToIpAddress(bytes);
  }
}
