package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BFD between two real nodes over a link whose every packet, TCP too, is lost in a direction. */
class BfdNodesLab {
  private static final String NFT = "/usr/sbin/nft";

  @TempDir Path dir;

  /**
   * By what the nodes reach each other.
   *
   * @param net the link's network, short of the last number
   */
  private record Ip(String net, String length) {
    static final Ip V4 = new Ip("203.0.113.", "/24");
    static final Ip V6 = new Ip("2001:db8:1::", "/64");

    String overlay(int number) {
      return (net.contains(":") ? "[" + net + number + "]" : net + number) + ":8443";
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutsOfEachKindAreNoticedWhileTheSessionIsUpAndPausesHeal(boolean ipv6) throws IOException {
    LabRequirements.require("ip-netns-root", "nft");
    Ip ip = ipv6 ? Ip.V6 : Ip.V4;
    try (var left = NetworkNamespace.create("bfd", "fra");
        var right = NetworkNamespace.create("bfd", "nyc")) {
      NetworkNamespace.link(
          new NetworkNamespace.End(left, "eth0", ip.net + 1 + ip.length),
          new NetworkNamespace.End(right, "eth0", ip.net + 2 + ip.length));
      CertificateAuthority ca = BfdSite.authority(dir);
      BfdSite nyc = BfdSite.start(right, dir, ca, "nyc", 2, sections(ip, 2, hosted()));
      BfdSite fra = BfdSite.start(left, dir, ca, "fra", 1, sections(ip, 1, ""));
      fra.awaitStart();
      nyc.awaitStart();
      whole(fra, nyc);
      assertThat(fra.show("bfd")).contains("\"" + ip.overlay(2) + "\"");

      cut("towards nyc", List.of(right), fra, nyc);
      cut("from nyc", List.of(left), fra, nyc);
      cut("both ways", List.of(left, right), fra, nyc);
      for (BfdSite paused : List.of(fra, nyc)) {
        pause(left, paused);
        whole(fra, nyc);
        assertThat(fra.show("peers")).contains("\"established\"");
      }
    }
  }

  private static String sections(Ip ip, int number, String hosted) {
    return """
    overlay: {block: 10.32.0.0/23, listen: "%s", candidates: ["%s"]}
    services:
      shop: {identity: 10.32.1.10, hosts: [shop.test]%s}
    """
        .formatted(ip.overlay(number), ip.overlay(3 - number), hosted);
  }

  private static String hosted() {
    return ", backends: [\"http://127.0.0.1:9000\"], probe: {exec: [/usr/bin/true]}";
  }

  private static void whole(BfdSite fra, BfdSite nyc) {
    Await.until(
        "both ends hold the path for alive, and the shop at nyc is usable",
        () -> fra.isBfdUp() && nyc.isBfdUp() && isUsable(fra),
        () -> fra.show("bfd") + fra.show("services") + fra.output() + nyc.output());
  }

  private static boolean isUsable(BfdSite fra) {
    return fra.show("services").contains("\"usable\":true");
  }

  @SuppressWarnings("SystemOut") // A figure for people; what is asserted is that it happens.
  private static void cut(String what, List<NetworkNamespace> deaf, BfdSite fra, BfdSite nyc) {
    for (NetworkNamespace namespace : deaf) {
      namespace.must(NFT, "add table inet cut");
      namespace.must(NFT, "add chain inet cut input { type filter hook input priority 0; }");
      namespace.must(NFT, "add rule inet cut input iifname eth0 drop");
    }
    long from = System.nanoTime();
    Await.until("the shop at nyc is unusable", () -> !isUsable(fra), () -> fra.show("services"));
    System.out.printf(
        "bfd: a cut %s noticed after %d ms%n", what, (System.nanoTime() - from) / 1_000_000);
    assertThat(fra.show("peers")).as("the BGP session").contains("\"established\"");
    Await.until(
        "both ends hold the path for dead",
        () -> fra.show("bfd").contains("\"dead\"") && nyc.show("bfd").contains("\"dead\""),
        () -> fra.show("bfd") + nyc.show("bfd"));
    deaf.forEach(namespace -> namespace.must(NFT, "delete table inet cut"));
    whole(fra, nyc);
  }

  /** As a collector's pause or a busy host would. */
  private static void pause(NetworkNamespace namespace, BfdSite site) {
    long pid = site.process().pid();
    namespace.must("/bin/sh", "-c", "kill -STOP " + pid + "; sleep 1; kill -CONT " + pid);
  }
}
