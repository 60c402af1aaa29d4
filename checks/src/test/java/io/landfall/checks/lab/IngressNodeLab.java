package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.BirdConfig.Neighbor;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node and a BIRD with its default timers: both address families, and a restart. */
class IngressNodeLab {
  private static final String PREFIX = "198.51.100.0/24";
  private static final String PREFIX_6 = "2001:db8:a::/48";

  /** What BIRD uses when its config names no timers. */
  private static final String BIRDS_OWN_TIMERS =
      "connect delay time 5; connect retry time 120; error wait time 60, 300;";

  @TempDir Path dir;

  private NetworkNamespace router;
  private NetworkNamespace site;

  @BeforeEach
  void twoHostsAndACableOfBothFamilies() {
    LabRequirements.require("ip-netns-root", "bird");
    router = NetworkNamespace.create("node", "router");
    site = NetworkNamespace.create("node", "site");
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
        new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
    router.addAddress("eth0", "2001:db8::1/64");
    site.addAddress("eth0", "2001:db8::2/64");
  }

  @AfterEach
  void nothingStays() {
    if (site != null) {
      site.close();
    }
    if (router != null) {
      router.close();
    }
  }

  private BfdSite node(String upstreams) throws IOException {
    return BfdSite.start(
            site,
            dir,
            BfdSite.authority(dir),
            "fra",
            1,
            """
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            ingress:
              prefixes: [%s, "%s"]
              start-delay: 0s
              drain-wait: 1s
              upstreams: [%s]
            """
                .formatted(PREFIX, PREFIX_6, upstreams))
        .awaitStart();
  }

  private static Neighbor neighbor(String name, String here, String there, String... extra) {
    return new Neighbor(name, here, there, 64496, Optional.empty(), false, List.of(extra));
  }

  @Test
  void prefixesAndRoutersOfBothFamiliesAreMatchedByWhatHasANextHop() throws IOException {
    Bird bird =
        Bird.start(
            router,
            dir,
            "bird",
            new BirdConfig("192.0.2.1", 64500)
                .neighbor(neighbor("four", "192.0.2.1", "192.0.2.2"))
                .neighbor(neighbor("six", "2001:db8::1", "2001:db8::2")));
    BfdSite fra =
        node(
            "{address: 192.0.2.1, asn: 64500, local-asn: 64496},"
                + " {address: \"2001:db8::1\", asn: 64500, local-asn: 64496}");

    bird.await("IPv4", "show route " + PREFIX + " all", a -> a.contains("BGP.next_hop: 192.0.2.2"));
    bird.await(
        "IPv6", "show route " + PREFIX_6 + " all", a -> a.contains("BGP.next_hop: 2001:db8::2"));
    assertThat(bird.routeCountFrom("four")).isEqualTo(1);
    assertThat(bird.routeCountFrom("six")).isEqualTo(1);
    assertThat(fra.show("ingress")).doesNotContain("\"pending\"");
  }

  @Test
  void oneSessionCarriesBothFamiliesWithAConfiguredNextHop() throws IOException {
    Bird bird =
        Bird.start(
            router,
            dir,
            "bird",
            new BirdConfig("192.0.2.1", 64500)
                .neighbor(
                    neighbor(
                        "four", "192.0.2.1", "192.0.2.2", "ipv6 { import all; export none; };")));
    node("{address: 192.0.2.1, asn: 64500, local-asn: 64496, next-hop: [\"2001:db8::2\"]}");

    bird.await("IPv4", "show route " + PREFIX + " all", a -> a.contains("BGP.next_hop: 192.0.2.2"));
    bird.await(
        "IPv6", "show route " + PREFIX_6 + " all", a -> a.contains("BGP.next_hop: 2001:db8::2"));
  }

  /** A Cease with Administrative Shutdown is no error to BIRD, and a lost connection is none. */
  @Test
  void aNodeThatIsRestartedIsTakenBackWithoutBirdsErrorWaitTime() throws IOException {
    Bird bird =
        Bird.start(
            router,
            dir,
            "bird",
            new BirdConfig("192.0.2.1", 64500)
                .neighbor(neighbor("four", "192.0.2.1", "192.0.2.2", BIRDS_OWN_TIMERS))
                .neighbor(neighbor("six", "2001:db8::1", "2001:db8::2", BIRDS_OWN_TIMERS)));
    BfdSite fra =
        node(
            "{address: 192.0.2.1, asn: 64500, local-asn: 64496},"
                + " {address: \"2001:db8::1\", asn: 64500, local-asn: 64496}");
    announced(bird, true);

    fra.process().terminate();
    Await.until("the node has ended", () -> !fra.process().isAlive(), fra::output);
    announced(bird, false);
    fra.process().restart();
    announced(bird, true);
    assertThat(bird.log()).as("after SIGTERM").doesNotContain("due to errors");

    fra.process().kill();
    announced(bird, false);
    fra.process().restart();
    announced(bird, true);
    assertThat(bird.log()).as("after SIGKILL").doesNotContain("due to errors");
  }

  private static void announced(Bird bird, boolean is) {
    for (String prefix : List.of(PREFIX, PREFIX_6)) {
      bird.await(
          prefix + (is ? " is there" : " is gone"),
          "show route " + prefix + " all",
          answer -> answer.contains("BGP.as_path") == is);
    }
  }
}
