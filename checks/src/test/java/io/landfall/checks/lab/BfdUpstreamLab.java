package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** BFD over one hop (RFC 5881) between a real node and the BFD of stock BIRD and FRR. */
class BfdUpstreamLab {
  /** What the link between router and site is addressed with, and what the site announces. */
  enum Ip {
    V4("192.0.2.1", "192.0.2.2", "/24", "198.51.100.0/24"),
    V6("2001:db8:1::1", "2001:db8:1::2", "/64", "2001:db8:a::/48");

    final String router;
    final String site;
    final String length;
    final String prefix;

    Ip(String router, String site, String length, String prefix) {
      this.router = router;
      this.site = site;
      this.length = length;
      this.prefix = prefix;
    }

    /** Where BFD goes, as the node writes it. */
    String endpoint() {
      return (this == V6 ? "[" + router + "]" : router) + ":3784";
    }
  }

  /**
   * Sends Down packets from one address to another with a time to live or hop limit of its choice.
   */
  private static final String FORGER =
      """
      import socket, struct, sys
      hops, here, there = int(sys.argv[1]), sys.argv[2], sys.argv[3]
      six = ":" in here
      s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
      if six:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hops)
      else:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
      s.bind((here, 0))
      for _ in range(20):
        s.sendto(struct.pack(">BBBBIIIII", 0x21, 0x40, 3, 24, 7, 0, 1000000, 200000, 0), (there, 3784))
      """;

  /** The router at the other end. */
  interface Router {
    /** Its BFD sessions, for people. */
    String sessions();

    /** Whether its session with the node is Up. */
    boolean isBfdUp();

    /** Whether it has this prefix from the node. */
    boolean hasRoute(String prefix);

    /** What it has written. */
    String log();
  }

  private record BirdRouter(Bird bird, Ip ip) implements Router {
    @Override
    public String sessions() {
      return bird.query("show bfd sessions");
    }

    @Override
    public boolean isBfdUp() {
      return sessions().matches("(?s).*" + Pattern.quote(ip.site) + " .* Up .*");
    }

    @Override
    public boolean hasRoute(String prefix) {
      return bird.hasRoute(prefix);
    }

    @Override
    public String log() {
      return bird.log();
    }
  }

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void aDeadLinkEndsTheSessionAndOnlyPacketsOfTheLinkAreBelieved(Ip ip) throws IOException {
    LabRequirements.require("ip-netns-root", "bird", "nft", "python3");
    try (var router = NetworkNamespace.create("bfd", "router");
        var site = NetworkNamespace.create("bfd", "site")) {
      BfdSite fra = linked(router, site, ip);
      Router bird = new BirdRouter(Bird.start(router, dir, "bird", config(ip)), ip);
      fra.awaitStart();
      up(bird, fra, ip);
      assertThat(bird.sessions()).contains("0.600");
      assertThat(fra.show("bfd")).contains("\"" + ip.endpoint() + "\"");

      farPacketsAreDropped(router, fra, ip);
      aCutOfOneDirectionEndsTheSession(site, bird, fra, ip);
      aPulledCableEndsTheSession(router, bird, fra, ip);
    }
  }

  @Test
  void frrsBfddAgrees() throws IOException {
    LabRequirements.require("ip-netns-root", "frr", "nft");
    try (var router = NetworkNamespace.create("bfd", "router");
        var site = NetworkNamespace.create("bfd", "site")) {
      BfdSite fra = linked(router, site, Ip.V4);
      Router frr = new FrrBfd(router, dir, 3, 200);
      fra.awaitStart();
      up(frr, fra, Ip.V4);
      assertThat(frr.sessions())
          .containsPattern("Remote timers:\\s+Detect-multiplier: 3\\s+Receive interval: 200ms");

      aCutOfOneDirectionEndsTheSession(site, frr, fra, Ip.V4);
      aPulledCableEndsTheSession(router, frr, fra, Ip.V4);
    }
  }

  private BfdSite linked(NetworkNamespace router, NetworkNamespace site, Ip ip) throws IOException {
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", ip.router + ip.length),
        new NetworkNamespace.End(site, "eth0", ip.site + ip.length));
    return BfdSite.start(
        site,
        dir,
        BfdSite.authority(dir),
        "fra",
        1,
        """
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
        ingress:
          prefixes: ["%s"]
          upstreams: [{address: "%s", asn: 64500, local-asn: 64496, bfd: true}]
          start-delay: 0s
        """
            .formatted(ip.prefix, ip.router));
  }

  private static BirdConfig config(Ip ip) {
    return new BirdConfig("192.0.2.1", 64500)
        .bfd(200, 3)
        .neighbor(
            new BirdConfig.Neighbor(
                "fra",
                ip.router,
                ip.site,
                64496,
                java.util.Optional.empty(),
                false,
                List.of("bfd on;")));
  }

  private static void up(Router router, BfdSite fra, Ip ip) {
    Await.until(
        "BFD is Up at both ends and the prefix is announced",
        () -> router.isBfdUp() && fra.isBfdUp() && router.hasRoute(ip.prefix),
        () -> router.sessions() + fra.show("bfd") + fra.output() + router.log());
  }

  /** The canary is the second half: the same packet with a hop limit of 255 does its harm. */
  private static void farPacketsAreDropped(NetworkNamespace router, BfdSite fra, Ip ip) {
    forge(router, "254", ip);
    forge(router, "64", ip);
    Await.holdsFor(
        Duration.ofSeconds(1),
        "packets from beyond the link change nothing",
        () -> fra.isBfdUp() && fra.show("bfd").contains("\"downs\":0"),
        fra::output);
    assertThat(fra.output()).doesNotContain("the peer signals Down");
    forge(router, "255", ip);
    Await.until(
        "the forged packet of the link itself took the session down",
        () -> fra.output().contains("the peer signals Down"),
        fra::output);
  }

  private static void forge(NetworkNamespace router, String hops, Ip ip) {
    router.must("/usr/bin/python3", "-c", FORGER, hops, ip.router, ip.site);
  }

  private static void aCutOfOneDirectionEndsTheSession(
      NetworkNamespace site, Router peer, BfdSite fra, Ip ip) {
    up(peer, fra, ip);
    site.must("/usr/sbin/nft", "add", "table", "inet", "cut");
    site.must("/usr/sbin/nft", "add chain inet cut input { type filter hook input priority 0; }");
    site.must("/usr/sbin/nft", "add rule inet cut input udp dport 3784 drop");
    Await.until(
        "the node ended the session with Cease / BFD Down (RFC 9384)",
        () -> fra.show("ingress").contains("BFD Down"),
        () -> fra.show("ingress") + peer.log());
    // The session may come back: TCP passes, and a link that BFD has not proved anew is not dead.
    Await.until("the prefix is announced again", fra::isAnnounced, fra::output);
    site.must("/usr/sbin/nft", "delete", "table", "inet", "cut");
    up(peer, fra, ip);
  }

  @SuppressWarnings("SystemOut") // A figure for people; what is asserted is that it happens.
  private static void aPulledCableEndsTheSession(
      NetworkNamespace router, Router peer, BfdSite fra, Ip ip) {
    router.linkDown("eth0");
    long from = System.nanoTime();
    Await.until("the session has ended", () -> !fra.isAnnounced(), fra::output);
    System.out.printf(
        "bfd: a pulled cable ended the session after %d ms%n",
        (System.nanoTime() - from) / 1_000_000);
    router.linkUp("eth0");
    if (ip == Ip.V6) {
      router.addAddress("eth0", ip.router + ip.length); // IPv6 addresses go with the link
    }
    up(peer, fra, ip);
  }
}
