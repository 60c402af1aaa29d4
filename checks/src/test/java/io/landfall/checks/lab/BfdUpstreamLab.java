package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BFD over one hop (RFC 5881) between a real node and the BFD of stock BIRD and FRR. */
class BfdUpstreamLab {
  private static final String PREFIX = "198.51.100.0/24";

  /** Sends a Down packet that carries the router's address, with a hop limit of its choice. */
  private static final String FORGER =
      """
      import socket, struct, sys
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(sys.argv[1]))
      s.bind(("192.0.2.1", 0))
      for _ in range(20):
        s.sendto(struct.pack(">BBBBIIIII", 0x21, 0x40, 3, 24, 7, 0, 1000000, 200000, 0), ("192.0.2.2", 3784))
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

  private record BirdRouter(Bird bird) implements Router {
    @Override
    public String sessions() {
      return bird.query("show bfd sessions");
    }

    @Override
    public boolean isBfdUp() {
      return sessions().matches("(?s).*192\\.0\\.2\\.2 .* Up .*");
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

  @Test
  void aDeadLinkEndsTheSessionAndOnlyPacketsOfTheLinkAreBelieved() throws IOException {
    LabRequirements.require("ip-netns-root", "bird", "nft", "python3");
    try (var router = NetworkNamespace.create("bfd", "router");
        var site = NetworkNamespace.create("bfd", "site")) {
      BfdSite fra = linked(router, site);
      Router bird = new BirdRouter(Bird.start(router, dir, "bird", config()));
      fra.awaitStart();
      up(bird, fra);
      assertThat(bird.sessions()).contains("0.600");

      farPacketsAreDropped(router, fra);
      aCutOfOneDirectionEndsTheSession(site, bird, fra);
      aPulledCableEndsTheSession(router, bird, fra);
    }
  }

  @Test
  void frrsBfddAgrees() throws IOException {
    LabRequirements.require("ip-netns-root", "frr", "nft");
    try (var router = NetworkNamespace.create("bfd", "router");
        var site = NetworkNamespace.create("bfd", "site")) {
      BfdSite fra = linked(router, site);
      Router frr = new FrrBfd(router, dir, 3, 200);
      fra.awaitStart();
      up(frr, fra);
      assertThat(frr.sessions())
          .containsPattern("Remote timers:\\s+Detect-multiplier: 3\\s+Receive interval: 200ms");

      aCutOfOneDirectionEndsTheSession(site, frr, fra);
      aPulledCableEndsTheSession(router, frr, fra);
    }
  }

  private BfdSite linked(NetworkNamespace router, NetworkNamespace site) throws IOException {
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
        new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
    return BfdSite.start(
        site,
        dir,
        BfdSite.authority(dir),
        "fra",
        1,
        """
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
        ingress:
          prefixes: [198.51.100.0/24]
          upstreams: [{address: 192.0.2.1, asn: 64500, local-asn: 64496, bfd: true}]
        """);
  }

  private static BirdConfig config() {
    return new BirdConfig("192.0.2.1", 64500)
        .bfd(200, 3)
        .neighbor(
            new BirdConfig.Neighbor(
                "fra",
                "192.0.2.1",
                "192.0.2.2",
                64496,
                java.util.Optional.empty(),
                false,
                List.of("bfd on;")));
  }

  private static void up(Router router, BfdSite fra) {
    Await.until(
        "BFD is Up at both ends and the prefix is announced",
        () -> router.isBfdUp() && fra.isBfdUp() && router.hasRoute(PREFIX),
        () -> router.sessions() + fra.show("bfd") + fra.output() + router.log());
  }

  /** The canary is the second half: the same packet with a hop limit of 255 does its harm. */
  private static void farPacketsAreDropped(NetworkNamespace router, BfdSite fra) {
    router.must("/usr/bin/python3", "-c", FORGER, "254");
    router.must("/usr/bin/python3", "-c", FORGER, "64");
    assertThat(fra.show("bfd")).contains("\"state\":\"up\"").contains("\"downs\":0");
    router.must("/usr/bin/python3", "-c", FORGER, "255");
    Await.until(
        "the forged packet of the link itself took the session down",
        () -> fra.output().contains("the peer says Down"),
        fra::output);
  }

  private static void aCutOfOneDirectionEndsTheSession(
      NetworkNamespace site, Router peer, BfdSite fra) {
    up(peer, fra);
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
    up(peer, fra);
  }

  @SuppressWarnings("SystemOut") // A figure for people; what is asserted is that it happens.
  private static void aPulledCableEndsTheSession(
      NetworkNamespace router, Router peer, BfdSite fra) {
    router.linkDown("eth0");
    long from = System.nanoTime();
    Await.until("the session has ended", () -> !fra.isAnnounced(), fra::output);
    System.out.printf(
        "bfd: a pulled cable ended the session after %d ms%n",
        (System.nanoTime() - from) / 1_000_000);
    router.linkUp("eth0");
    up(peer, fra);
  }
}
