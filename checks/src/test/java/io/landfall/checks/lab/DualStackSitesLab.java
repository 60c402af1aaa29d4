package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.lab.BirdConfig.Neighbor;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sites, each behind a BIRD of its own with a session of each address family, in four
 * namespaces. The nodes are peers of each other over a cable between the sites.
 */
class DualStackSitesLab {
  private static final String PREFIX = "198.51.100.0/24";
  private static final String PREFIX_6 = "2001:db8:a::/48";

  @TempDir Path dir;

  private final List<NetworkNamespace> namespaces = new ArrayList<>();
  private Place fra;
  private Place nyc;

  /** A site, its router, and what is between them. */
  private record Place(String name, int number, NetworkNamespace router, NetworkNamespace site) {
    String router4() {
      return "192.0.2." + (16 * number + 1);
    }

    String site4() {
      return "192.0.2." + (16 * number + 2);
    }

    String router6() {
      return "2001:db8:" + number + "::1";
    }

    String site6() {
      return "2001:db8:" + number + "::2";
    }

    String overlay() {
      return "203.0.113." + number;
    }
  }

  @BeforeEach
  void twoSitesEachWithARouter() {
    LabRequirements.require("ip-netns-root", "bird");
    fra = place("fra", 1);
    nyc = place("nyc", 2);
    NetworkNamespace.link(
        new NetworkNamespace.End(fra.site, "eth1", fra.overlay() + "/24"),
        new NetworkNamespace.End(nyc.site, "eth1", nyc.overlay() + "/24"));
  }

  private Place place(String name, int number) {
    NetworkNamespace router = NetworkNamespace.create("dual", "router-" + name);
    namespaces.add(router);
    NetworkNamespace site = NetworkNamespace.create("dual", "site-" + name);
    namespaces.add(site);
    Place place = new Place(name, number, router, site);
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", place.router4() + "/28"),
        new NetworkNamespace.End(site, "eth0", place.site4() + "/28"));
    router.addAddress("eth0", place.router6() + "/64");
    site.addAddress("eth0", place.site6() + "/64");
    return place;
  }

  @AfterEach
  void nothingStays() {
    namespaces.forEach(NetworkNamespace::close);
  }

  private BfdSite node(Place place, Place other, CertificateAuthority ca) throws IOException {
    return BfdSite.start(
        place.site,
        dir,
        ca,
        place.name,
        place.number,
        """
        overlay: {block: 10.32.0.0/23, listen: "%s:8443", candidates: ["%s:8443"]}
        ingress:
          prefixes: [%s, "%s"]
          start-delay: 0s
          drain-wait: 1s
          upstreams:
            - {address: %s, asn: 64500, local-asn: 64496}
            - {address: "%s", asn: 64500, local-asn: 64496}
        """
            .formatted(
                place.overlay(),
                other.overlay(),
                PREFIX,
                PREFIX_6,
                place.router4(),
                place.router6()));
  }

  private Bird bird(Place place) throws IOException {
    return Bird.start(
        place.router,
        dir,
        "bird-" + place.name,
        new BirdConfig(place.router4(), 64500)
            .neighbor(neighbor("four", place.router4(), place.site4()))
            .neighbor(neighbor("six", place.router6(), place.site6())));
  }

  private static Neighbor neighbor(String name, String here, String there) {
    return new Neighbor(name, here, there, 64496, Optional.empty(), false, List.of());
  }

  private static void announced(Bird bird, Place place) {
    bird.await(
        "IPv4 of " + place.name,
        "show route " + PREFIX + " all",
        answer -> answer.contains("BGP.next_hop: " + place.site4()));
    bird.await(
        "IPv6 of " + place.name,
        "show route " + PREFIX_6 + " all",
        answer -> answer.contains("BGP.next_hop: " + place.site6()));
    assertThat(bird.routeCountFrom("four")).isEqualTo(1);
    assertThat(bird.routeCountFrom("six")).isEqualTo(1);
  }

  private static void withdrawn(Bird bird) {
    for (String prefix : List.of(PREFIX, PREFIX_6)) {
      bird.await(
          prefix + " is gone",
          "show route " + prefix + " all",
          answer -> !answer.contains("BGP.as_path"));
    }
  }

  @Test
  void bothFamiliesAreAnnouncedAtBothSitesAndOneSiteThatLeavesTakesItsOwnOnly() throws IOException {
    CertificateAuthority ca = BfdSite.authority(dir);
    Bird atFra = bird(fra);
    Bird atNyc = bird(nyc);
    BfdSite one = node(fra, nyc, ca);
    BfdSite other = node(nyc, fra, ca);
    one.awaitStart();
    other.awaitStart();
    Await.until(
        "the nodes are peers",
        () -> one.show("peers").contains("\"established\""),
        () -> one.show("peers") + one.output() + other.output());
    announced(atFra, fra);
    announced(atNyc, nyc);
    assertThat(one.show("ingress") + other.show("ingress")).doesNotContain("\"pending\"");

    one.process().terminate();
    Await.until("fra has ended", () -> !one.process().isAlive(), one::output);
    withdrawn(atFra);
    announced(atNyc, nyc);

    one.process().restart();
    announced(atFra, fra);
    announced(atNyc, nyc);
  }
}
