package io.landfall.checks.soak;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.testkit.Octets;
import io.landfall.trust.Credentials;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Addresses, certificates and config files. Everybody has an address of its own in one loopback
 * network, by its third number: nodes 1 to 4, service hosts 10, upstreams 20, hostile nodes 30,
 * hostile clients 40, backends 50, the thief 60.
 *
 * <p>Node fra is where everything arrives: it reflects, has service hosts and upstreams, a BMP
 * station, and clients. Node nyc hosts what is forwarded; node sin comes late.
 */
final class SoakWorld {
  static final int OVERLAY_PORT = 7443;
  static final int HTTP_PORT = 7480;
  static final int BGP_PORT = 7179;
  static final int UPSTREAM_ASN = 64_500;

  /** Hostile service hosts: bad1, bad2, ...; they may speak for one service that is their own. */
  static final int BAD_HOSTS = 8;

  /** Hostile upstreams, beside the first one, which behaves. */
  static final int BAD_UPSTREAMS = 3;

  /** The last numbers of the identities of the hostile nodes. */
  static final int HOSTILE = 200;

  static final String BULK = "10.32.1.20";
  static final String SPOKEN = "10.32.1.13";
  static final String FELLOW = "fellow";

  /**
   * A request's whole head; with it and with the time for a head, unfinished ones at a hundred a
   * second come to more than 256 MiB.
   */
  static final int MAX_HEADER_KIB = 128;

  /** Longer than usual: attackers and nodes share few cores, and a full core is no fault. */
  private static final int BFD_MILLIS = 500;

  private static final TrustDomain DOMAIN = new TrustDomain("soak.test");
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  private final Path dir;
  private final int net;
  private final CertificateAuthority ca;

  SoakWorld(Path dir) throws IOException {
    this.dir = dir;
    this.net = freeNet();
    this.ca = CertificateAuthority.generate("soak", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
  }

  private static int freeNet() {
    for (int i = 0; i < 200; i++) {
      int candidate = 20 + (int) ((ProcessHandle.current().pid() + i) % 200);
      try (ServerSocket guard =
          new ServerSocket(OVERLAY_PORT, 1, InetAddress.ofLiteral("127." + candidate + ".1.1"))) {
        return guard.isBound() ? candidate : 0;
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new IllegalStateException("no free loopback network");
  }

  InetAddress address(int kind, int number) {
    return InetAddress.ofLiteral("127." + net + "." + kind + "." + number);
  }

  InetSocketAddress overlay(int node) {
    return new InetSocketAddress(address(node, 1), OVERLAY_PORT);
  }

  InetSocketAddress http(int node) {
    return new InetSocketAddress(address(node, 1), HTTP_PORT);
  }

  /** Where fra takes the sessions of its service hosts. */
  InetSocketAddress hostPort() {
    return new InetSocketAddress(address(1, 1), BGP_PORT);
  }

  /** A node's identity as a number, which is its BGP Identifier too. */
  static int identity(int number) {
    return Octets.ipv4("10.32.0." + number);
  }

  /** Issues a certificate and a key, and keeps them as NAME.pem and NAME.key. */
  Credentials issue(String name, int number, String... services) {
    CertificateRequest request =
        CertificateRequest.node(
            DOMAIN,
            new NodeName(name),
            BLOCK.parseHost("10.32.0." + number),
            List.of(services).stream().map(ServiceName::new).toList(),
            System.currentTimeMillis(),
            Duration.ofDays(1).toMillis());
    return ca.issue(request);
  }

  /** Writes a node's config and its files, and returns its credentials. */
  Credentials node(String name, int number, List<String> entitled, String more) {
    Credentials own = issue(name, number, entitled.toArray(String[]::new));
    try {
      CertificateAuthority.save(own, dir.resolve(name + ".pem"), dir.resolve(name + ".key"));
      Files.writeString(
          dir.resolve(name + ".yaml"),
          """
          node: {name: %1$s, identity: 10.32.0.%2$d}
          trust: {domain: %3$s, ca: ca.pem, certificate: %1$s.pem, key: %1$s.key}
          edge:
            listen: [{address: "%4$s:%5$d"}]
            limits: {max-header: %6$dKiB, header-timeout: 30s}
          admin: {socket: %1$s.sock}
          """
                  .formatted(
                      name,
                      number,
                      DOMAIN,
                      address(number, 1).getHostAddress(),
                      HTTP_PORT,
                      MAX_HEADER_KIB)
              + more);
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The overlay's section. */
  String overlay(int number, List<Integer> candidates, String more) {
    return """
    overlay:
      block: %s
      listen: "%s:%d"
      candidates: [%s]
      bfd: {interval: %dms, multiplier: 4}
    %s
    """
        .formatted(
            BLOCK,
            address(number, 1).getHostAddress(),
            OVERLAY_PORT,
            candidates.stream()
                .map(each -> "\"" + address(each, 1).getHostAddress() + ":" + OVERLAY_PORT + "\"")
                .collect(Collectors.joining(", ")),
            BFD_MILLIS,
            more.indent(2).stripTrailing());
  }

  /** All services, of which one node hosts some. */
  static String services(String near, String shop, String late, String more) {
    return """
    services:
      near: {identity: 10.32.1.10, hosts: [near.test]%s}
      shop: {identity: 10.32.1.11, hosts: [shop.test]%s}
      late: {identity: 10.32.1.12, hosts: [late.test]%s}
      bulk: {identity: %s, hosts: [bulk.test]}
    %s
    """
        .formatted(near, shop, late, BULK, more.indent(2).stripTrailing());
  }

  static String hosted(String url) {
    return ", backends: [\"%s\"], probe: {exec: [/usr/bin/true], interval: 1s}".formatted(url);
  }

  /** Plane one, the service hosts and the BMP station of fra. */
  String sessionsOfFra(int stationPort) {
    return """
    ingress:
      prefixes: [198.51.100.0/24]
      drain-wait: 1s
      start-delay: 1s
      upstreams: [%s]
    service-bgp:
      listen: "%s:%d"
      hold-time: 30s
      hosts: {%s}
    watch:
      bmp: [{station: "%s:%d"}]
    """
        .formatted(
            IntStream.rangeClosed(1, 1 + BAD_UPSTREAMS)
                .mapToObj(this::upstream)
                .collect(Collectors.joining(", ")),
            address(1, 1).getHostAddress(),
            BGP_PORT,
            IntStream.rangeClosed(0, BAD_HOSTS)
                .mapToObj(
                    number ->
                        (number == 0 ? "web1" : "bad" + number)
                            + ": {address: "
                            + address(10, 1 + number).getHostAddress()
                            + "}")
                .collect(Collectors.joining(", ")),
            address(50, 9).getHostAddress(),
            stationPort);
  }

  private String upstream(int number) {
    return "{address: %s, port: %d, asn: %d, local-asn: 64496, local-address: %s, role: customer}"
        .formatted(
            address(20, number).getHostAddress(),
            BGP_PORT,
            UPSTREAM_ASN,
            address(1, 1).getHostAddress());
  }

  /** Services that service hosts speak for: one of the host that behaves, one of the others. */
  static String spokenFor(String url) {
    String bad =
        IntStream.rangeClosed(1, BAD_HOSTS)
            .mapToObj(number -> "bad" + number)
            .collect(Collectors.joining(", "));
    return """
    spoken: {identity: %s, hosts: [spoken.test]%s, bgp: {hosts: [web1]}}
    loud: {identity: 10.32.1.21, hosts: [loud.test]%s, bgp: {hosts: [%s]}}
    """
        .formatted(SPOKEN, hosted(url), hosted(url), bad);
  }
}
