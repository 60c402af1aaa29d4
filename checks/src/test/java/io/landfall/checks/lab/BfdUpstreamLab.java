package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BFD over one hop (RFC 5881) between a real node and the BFD of stock BIRD. */
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

  @TempDir Path dir;

  @Test
  void aDeadLinkEndsTheSessionAndOnlyPacketsOfTheLinkAreBelieved() throws IOException {
    LabRequirements.require("ip-netns-root", "bird", "nft", "python3");
    try (var router = NetworkNamespace.create("bfd", "router");
        var site = NetworkNamespace.create("bfd", "site")) {
      NetworkNamespace.link(
          new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
          new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
      Bird bird = Bird.start(router, dir, "bird", config());
      BfdSite fra =
          BfdSite.start(
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
      fra.awaitStart();
      up(bird, fra);
      assertThat(bird.query("show bfd sessions")).contains("0.600");

      farPacketsAreDropped(router, fra);
      aCutOfOneDirectionEndsTheSession(site, bird, fra);
      aPulledCableEndsTheSession(router, bird, fra);
    }
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

  private static void up(Bird bird, BfdSite fra) {
    Await.until(
        "BFD is Up at both ends and the prefix is announced",
        () ->
            bird.query("show bfd sessions").matches("(?s).*192\\.0\\.2\\.2 .* Up .*")
                && fra.isBfdUp()
                && bird.hasRoute(PREFIX),
        () -> bird.query("show bfd sessions") + fra.show("bfd") + fra.output() + bird.log());
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
      NetworkNamespace site, Bird bird, BfdSite fra) {
    up(bird, fra);
    site.must("/usr/sbin/nft", "add", "table", "inet", "cut");
    site.must("/usr/sbin/nft", "add chain inet cut input { type filter hook input priority 0; }");
    site.must("/usr/sbin/nft", "add rule inet cut input udp dport 3784 drop");
    Await.until(
        "the node ended the session with Cease / BFD Down (RFC 9384)",
        () -> fra.show("ingress").contains("BFD Down") && bird.log().contains("Received: "),
        () -> fra.show("ingress") + bird.log());
    // The session may come back: TCP passes, and a link that BFD has not proved anew is not dead.
    Await.until("the prefix is announced again", fra::isAnnounced, fra::output);
    site.must("/usr/sbin/nft", "delete", "table", "inet", "cut");
    up(bird, fra);
  }

  @SuppressWarnings("SystemOut") // A figure for people; what is asserted is that it happens.
  private static void aPulledCableEndsTheSession(NetworkNamespace router, Bird bird, BfdSite fra) {
    router.linkDown("eth0");
    long from = System.nanoTime();
    Await.until("the session has ended", () -> !fra.isAnnounced(), fra::output);
    System.out.printf(
        "bfd: a pulled cable ended the session after %d ms%n",
        (System.nanoTime() - from) / 1_000_000);
    router.linkUp("eth0");
    up(bird, fra);
  }
}
