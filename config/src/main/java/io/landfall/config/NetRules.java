package io.landfall.config;

import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.InvariantBroken;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Rules for what networks are made of: addresses, ports, prefixes, AS numbers, hosts, URLs. */
final class NetRules {
  /** RFC 7300: one less than the last 32-bit number. */
  private static final long MAX_ASN = 0xffff_fffeL;

  private static final String PLAIN = "http://";
  private static final String TCP = "tcp://";
  private static final String TLS = "https://";

  /** An address literal. */
  static final ValueRule<InetAddress> ADDRESS = ValueRule.of(Shapes.ADDRESS, NetRules::address);

  /** An address literal and a port, for a listener. */
  static final ValueRule<InetSocketAddress> LISTEN =
      ValueRule.of(Shapes.ADDRESS_PORT, NetRules::listen);

  /** A loopback address and a port. */
  static final ValueRule<InetSocketAddress> LOOPBACK =
      ValueRule.of(
          new Shape.Text("loopback address:port", "^(\\[[0-9a-fA-F:.]+\\]|127[0-9.]+):[0-9]+$"),
          NetRules::loopback);

  /** A host name or address literal, and a port. */
  static final ValueRule<HostPort> CANDIDATE =
      ValueRule.of(new Shape.Text("host:port", "^[^/ ]+:[0-9]+$"), NetRules::candidate);

  /** Where some clients are: a prefix with no host bits set, and not all there is. */
  static final ValueRule<PrefixConfig> CLIENTS = ValueRule.of(Shapes.PREFIX, NetRules::clients);

  /** A usable AS number: not 0, AS_TRANS, or the last of a range (RFC 7607, 6793, 7300). */
  static final ValueRule<Asn> ASN = ValueRule.of(new Shape.WholeNumber(1, MAX_ASN), NetRules::asn);

  /** A host that a service answers for: exact, or {@code *.} before a name. */
  static final ValueRule<String> SERVICE_HOST =
      ValueRule.of(new Shape.Text("host", "^(\\*\\.)?[^A-Z* /]+$"), NetRules::serviceHost);

  /** A path prefix that a service answers for. */
  static final ValueRule<String> SERVICE_PATH =
      ValueRule.of(new Shape.Text("path", "^/[^ ?#]*$"), NetRules::servicePath);

  /** The URL of a backend: {@code http://host:port}, {@code https://} or {@code tcp://}. */
  static final ValueRule<ServiceConfig.Backend> BACKEND =
      ValueRule.of(
          new Shape.Text(
              "`http://host:port`, `https://host:port` or `tcp://host:port`",
              "^([Hh][Tt][Tt][Pp][Ss]?|[Tt][Cc][Pp])://[^/?# ]+/?$"),
          NetRules::backend);

  /** A host name or an address that a certificate must have. */
  static final ValueRule<String> CERTIFICATE_NAME =
      ValueRule.of(new Shape.Text("host", "^[^/ \\[\\]]+$"), NetRules::certificateName);

  /** A SPIFFE trust domain: lower-case letters, digits, dots, dashes and underscores. */
  static final ValueRule<String> TRUST_DOMAIN =
      ValueRule.of(new Shape.Text("trust domain", "^[a-z0-9._-]{1,255}$"), NetRules::trustDomain);

  private NetRules() {}

  /** RFC 4007 section 11: what follows a % names an interface of one machine. */
  private static void refuseZone(String text) throws BadValue {
    int zone = text.indexOf('%');
    if (zone > 0 && Addresses.parseLiteral(text.substring(0, zone)).isPresent()) {
      throw new BadValue(
          "'" + text + "' has a zone (" + text.substring(zone) + "), and zones are not taken",
          "use a global or a unique local address");
    }
  }

  private static InetAddress address(String text) throws BadValue {
    refuseZone(text);
    Optional<byte[]> bytes = Addresses.parseLiteral(text);
    if (bytes.isEmpty()) {
      throw new BadValue(
          "'" + text + "' is not an IPv4 or IPv6 address",
          "write an address such as 192.0.2.1, without a port; names are not resolved here");
    }
    return inetAddress(bytes.get());
  }

  /** An address literal and a port, for a listener. */
  static InetSocketAddress listen(String text) throws BadValue {
    String fix = "write address:port, such as 203.0.113.10:8443 or [2001:db8::1]:8443";
    HostPort at = hostPort(text, fix);
    refuseZone(at.host());
    Optional<byte[]> bytes = Addresses.parseLiteral(at.host());
    if (bytes.isEmpty()) {
      throw new BadValue("'" + at.host() + "' is not an IPv4 or IPv6 address", fix);
    }
    return new InetSocketAddress(inetAddress(bytes.get()), at.port());
  }

  private static InetSocketAddress loopback(String text) throws BadValue {
    InetSocketAddress address = listen(text);
    if (!address.getAddress().isLoopbackAddress()) {
      throw new BadValue(
          text + " is not a loopback address: this listener is for this machine only",
          "write 127.0.0.1:9100 and let a local agent or a tunnel carry it on");
    }
    return address;
  }

  private static HostPort candidate(String text) throws BadValue {
    String fix = "write host:port, such as nyc.edge.example:8443";
    HostPort at = hostPort(text, fix);
    refuseZone(at.host());
    if (Addresses.parseLiteral(at.host()).isEmpty() && !isDnsName(at.host())) {
      throw new BadValue("'" + at.host() + "' is neither a host name nor an address", fix);
    }
    return at;
  }

  private static HostPort hostPort(String text, String fix) throws BadValue {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    if (colon <= 0 || text.endsWith("]") || (!bracketed && text.indexOf(':') != colon)) {
      throw new BadValue("'" + text + "' has no port", fix);
    }
    String host = text.substring(0, colon);
    if (bracketed) {
      if (!host.endsWith("]")) {
        throw new BadValue("'" + text + "' has an unclosed bracket", fix);
      }
      host = host.substring(1, host.length() - 1);
    }
    return new HostPort(host, port(text.substring(colon + 1), fix));
  }

  private static int port(String text, String fix) throws BadValue {
    int port = 0;
    for (int i = 0; i < text.length() && port <= 65_535; i++) {
      char c = text.charAt(i);
      port = c >= '0' && c <= '9' ? port * 10 + (c - '0') : 65_536;
    }
    if (port < 1 || port > 65_535) {
      throw new BadValue("'" + text + "' is not a port from 1 to 65535", fix);
    }
    return port;
  }

  /** An anycast prefix: no host bits set, and a length of at least one. */
  static PrefixConfig prefix(String text) throws BadValue {
    return prefix(
        text,
        " is the default route, which Landfall never announces",
        "name the anycast prefix itself");
  }

  private static PrefixConfig clients(String text) throws BadValue {
    return prefix(
        text,
        " is every address there is, and so everyone",
        "name the prefixes of those that you mean, such as 10.0.0.0/8");
  }

  private static PrefixConfig prefix(String text, String whyNotAll, String fixOfAll)
      throws BadValue {
    String fix = "write a prefix such as 198.51.100.0/24";
    int slash = text.indexOf('/');
    Optional<byte[]> network =
        slash < 0 ? Optional.empty() : Addresses.parseLiteral(text.substring(0, slash));
    if (network.isEmpty()) {
      int bits =
          slash < 0 ? Addresses.parseLiteral(text).map(host -> host.length * 8).orElse(0) : 0;
      throw new BadValue(
          "'" + text + "' is not a prefix", bits == 0 ? fix : "write " + text + "/" + bits);
    }
    byte[] bytes = network.get();
    int bits = bytes.length * 8;
    int length = ValueRules.count(0, bits).read(text.substring(slash + 1));
    if (length == 0) {
      throw new BadValue(text + whyNotAll, fixOfAll);
    }
    byte[] clean = bytes.clone();
    for (int bit = length; bit < bits; bit++) {
      clean[bit >> 3] &= (byte) ~(0x80 >>> (bit & 7));
    }
    if (!Arrays.equals(bytes, clean)) {
      throw new BadValue(
          text + " has host bits set", "write " + Addresses.format(clean) + "/" + length);
    }
    return new PrefixConfig(inetAddress(bytes), length);
  }

  private static Asn asn(String text) throws BadValue {
    String fix = "write an AS number from 1 to 4294967294, such as 4200000000";
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadValue("'" + text + "' is not an AS number", fix);
    }
    if (number < 0 || number > Asn.MAX || !Asn.of(number).isUsable()) {
      throw new BadValue(number + " is not a usable AS number", fix);
    }
    return Asn.of(number);
  }

  private static String serviceHost(String text) throws BadValue {
    String fix = "write a host name in lower case without a port, such as shop.example";
    if (text.isBlank()) {
      throw new BadValue("an empty host would match nothing or everything", fix);
    }
    if (text.equals("*")) {
      throw new BadValue("'*' alone would match every host", "name the hosts, or use *.example");
    }
    String name = text.startsWith("*.") ? text.substring(2) : text;
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      throw new BadValue(
          "'" + text + "' has upper case letters", "write " + text.toLowerCase(Locale.ROOT));
    }
    if (!isDnsName(name) && Addresses.parseLiteral(name).isEmpty()) {
      throw new BadValue("'" + text + "' is not a host name", fix);
    }
    return text;
  }

  private static String servicePath(String text) throws BadValue {
    boolean good = text.startsWith("/");
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c > ' ' && c < 0x7f && c != '?' && c != '#';
    }
    if (!good) {
      throw new BadValue("'" + text + "' is not a path prefix", "write it as /images");
    }
    return text;
  }

  private static ServiceConfig.Backend backend(String text) throws BadValue {
    String fix = "write http://host:port, such as http://10.0.0.7:8080, or https://";
    boolean tls = text.regionMatches(true, 0, TLS, 0, TLS.length());
    boolean tcp = text.regionMatches(true, 0, TCP, 0, TCP.length());
    if (!tls && !tcp && !text.regionMatches(true, 0, PLAIN, 0, PLAIN.length())) {
      throw new BadValue("'" + text + "' does not start with http://, https:// or tcp://", fix);
    }
    String authority = text.substring((tls ? TLS : tcp ? TCP : PLAIN).length());
    if (authority.endsWith("/")) {
      authority = authority.substring(0, authority.length() - 1);
    }
    if (authority.chars().anyMatch(c -> c == '/' || c == '?' || c == '#')) {
      throw new BadValue(
          "'"
              + text
              + "' has something after the port: requests go on with the path they came with",
          fix);
    }
    boolean bracketed = authority.startsWith("[");
    int colon = bracketed ? authority.indexOf("]:") + 1 : authority.lastIndexOf(':');
    boolean hasPort = bracketed ? colon > 0 : colon >= 0;
    String host = hasPort ? authority.substring(0, colon) : authority;
    if (bracketed) {
      host = insideBrackets(text, host);
    } else if (!isBackendName(host) && !isIpv4(host)) {
      throw new BadValue("'" + text + "' does not name a host", fix);
    }
    String digits = hasPort ? authority.substring(colon + 1) : "";
    // RFC 3986 section 3.2.3: an empty port is the scheme's own.
    if (tcp && digits.isEmpty()) {
      throw new BadValue("'" + text + "' has no port", "write tcp://host:port");
    }
    int usual = tls ? 443 : 80;
    int port = digits.isEmpty() ? usual : port(digits, fix);
    return new ServiceConfig.Backend(text, new HostPort(host, port), tls, 1);
  }

  private static String certificateName(String text) throws BadValue {
    refuseZone(text);
    if (!isBackendName(text) && Addresses.parseLiteral(text).isEmpty()) {
      throw new BadValue(
          "'" + text + "' is neither a host name nor an address",
          "write it as app.example, without a port");
    }
    return text;
  }

  /**
   * Reports a BGP neighbour to which neither side can open a connection.
   *
   * @param at its section, whose key {@code dial} it is
   * @param key the key of the listener
   */
  static void oneSideOpens(
      Section at,
      InetAddress neighbor,
      boolean dial,
      Optional<InetSocketAddress> listen,
      String key) {
    int addressBytes = neighbor.getAddress().length;
    boolean listened =
        listen.filter(own -> own.getAddress().getAddress().length == addressBytes).isPresent();
    if (!dial && !listened) {
      at.problem(
          "dial",
          "neither side can open the session: this node does not dial "
              + Addresses.format(neighbor.getAddress())
              + " and does not listen for its address family",
          "set " + key + ", such as \"10.0.0.1:179\", or dial: true");
    }
  }

  private static String insideBrackets(String text, String bracketed) throws BadValue {
    String fix = "write an IPv6 address in brackets, such as http://[2001:db8::7]:8080";
    if (!bracketed.endsWith("]")) {
      throw new BadValue("'" + text + "' has an unclosed bracket", fix);
    }
    String host = bracketed.substring(1, bracketed.length() - 1);
    if (host.indexOf('%') >= 0) {
      throw new BadValue(
          "'" + text + "' has a zone: a link-local address is no address of a backend", fix);
    }
    if (host.indexOf(':') < 0 || Addresses.parseLiteral(host).isEmpty()) {
      throw new BadValue("'" + text + "' has no IPv6 address between the brackets", fix);
    }
    return host;
  }

  /** A name as resolvers take it: it may end in a dot, which makes it absolute. */
  private static boolean isBackendName(String host) {
    return isDnsName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
  }

  private static boolean isIpv4(String host) {
    return host.indexOf(':') < 0 && Addresses.parseLiteral(host).isPresent();
  }

  private static String trustDomain(String text) throws BadValue {
    boolean good = !text.isEmpty() && text.length() <= 255;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ".-_".indexOf(c) >= 0;
    }
    if (!good) {
      throw new BadValue(
          "'" + text + "' is not a trust domain",
          "write a name in lower case without a scheme, such as cdn.example");
    }
    return text;
  }

  private static boolean isDnsName(String text) {
    if (text.isEmpty() || text.length() > 253) {
      return false;
    }
    boolean numeric = true;
    for (String label : text.split("\\.", -1)) {
      if (label.isEmpty() || label.length() > 63 || label.startsWith("-") || label.endsWith("-")) {
        return false;
      }
      numeric = true;
      for (int i = 0; i < label.length(); i++) {
        char c = Character.toLowerCase(label.charAt(i));
        boolean digit = c >= '0' && c <= '9';
        if (!digit && !(c >= 'a' && c <= 'z') && c != '-' && c != '_') {
          return false;
        }
        numeric &= digit;
      }
    }
    // A last label of digits is a broken address, never a name (RFC 3696 section 2).
    return !numeric;
  }

  private static InetAddress inetAddress(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new InvariantBroken("a parsed address has 4 or 16 bytes", e);
    }
  }
}
