package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.BirdConfig.Neighbor;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plane one against a real BIRD as the upstream router, each in a namespace of its own. */
class IngressBirdLab {
  private static final String PREFIX = "198.51.100.0/24";
  private static final String ROUTE = "show route " + PREFIX + " all";

  @TempDir Path dir;

  private NetworkNamespace router;
  private NetworkNamespace site;

  @BeforeEach
  void twoHostsAndACable() {
    LabRequirements.require("ip-netns-root", "bird", "tcp-md5");
    router = NetworkNamespace.create("ingress", "router");
    site = NetworkNamespace.create("ingress", "site");
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

  @Test
  void announcesExactlyTheConfiguredPrefixWithItsPathAndNextHop() {
    Bird bird = bird(neighbor(Optional.empty(), false));
    driver("prepends=2", "communities=64500:100,64500:7", "large=64500:1:2");

    String route = bird.await("the route", ROUTE, a -> a.contains("BGP.as_path"));

    assertThat(route)
        .contains("BGP.origin: IGP")
        .contains("BGP.as_path: 64496 64496 64496\n")
        .contains("BGP.next_hop: 192.0.2.2\n")
        .contains("BGP.community: (64500,7) (64500,100)\n")
        .contains("BGP.large_community: (64500, 1, 2)")
        .doesNotContain("BGP.local_pref: 0")
        .doesNotContain("BGP.med");
    assertThat(bird.routeCountFrom("node")).isEqualTo(1);
  }

  @Test
  void comesUpWithMd5AndGtsmAndTheCustomerRole() {
    Bird bird = bird(neighbor(Optional.of("swordfish"), true, "local role provider;"));
    driver("md5=swordfish", "gtsm=true", "role=customer");

    bird.awaitEstablished("node");
    bird.await("the route", ROUTE, a -> a.contains("BGP.as_path: 64496\n"));
    assertThat(bird.query("show protocols all node")).contains("Role: customer");
  }

  @Test
  void aWrongMd5KeyDoesNotComeUpAndTheRightOneThenDoes() {
    Bird bird = bird(neighbor(Optional.of("swordfish"), true));
    IngressProcess wrong = driver("md5=sardine", "gtsm=true");

    Await.until("the driver's dial fails", () -> wrong.show().contains("timed out"), wrong::output);
    assertThat(bird.established("node")).isFalse();
    assertThat(bird.routeCountFrom("node")).isZero();
    wrong.process().kill();

    driver("md5=swordfish", "gtsm=true");
    bird.await("the route", ROUTE, a -> a.contains("BGP.as_path"));
  }

  @Test
  void aDefaultRouteAndJunkFromTheUpstreamAreCountedAndDropped() {
    BirdConfig config =
        new BirdConfig("192.0.2.1", 64500)
            .exportsStatic("0.0.0.0/0")
            .exportsStatic("10.32.0.0/23")
            .exportsStatic("10.32.1.10/32")
            .exportsStatic("198.51.100.128/25")
            .neighbor(neighbor(Optional.empty(), false));
    for (int i = 0; i < 200; i++) {
      config.exportsStatic("203.0." + i + ".0/24");
    }
    Bird bird = Bird.start(router, dir, "bird", config);
    IngressProcess driver = driver();

    Await.until(
        "204 refused prefixes are counted",
        () -> driver.show().contains("refused={ingress-imports-nothing=204}"),
        driver::output);

    assertThat(driver.show()).contains("PREFIX " + PREFIX + " 192.0.2.1 announced");
    assertThat(bird.established("node")).isTrue();
    assertThat(site.must("ip", "route", "show")).doesNotContain("default").doesNotContain("203.0");
  }

  @Test
  void drainSaysGracefulShutdownThenWithdrawsAndUndrainComesBack() {
    Bird bird = bird(neighbor(Optional.empty(), false));
    IngressProcess driver = driver("drain-millis=1500");
    bird.await("the route", ROUTE, a -> a.contains("BGP.as_path"));
    assertThat(driver.show()).contains("UPDATES 1 EOR 1");

    driver.tell("drain");
    bird.await("GRACEFUL_SHUTDOWN", ROUTE, a -> a.contains("BGP.community: (65535,0)"));
    assertThat(driver.output()).contains("announced -> draining");
    bird.await("the withdrawal", ROUTE, a -> !a.contains("BGP.as_path"));
    assertThat(bird.established("node")).isTrue();
    assertThat(driver.show()).contains(PREFIX + " 192.0.2.1 withdrawn").contains("UPDATES 3 EOR 1");

    driver.tell("undrain");
    String back = bird.await("the route again", ROUTE, a -> a.contains("BGP.as_path"));
    assertThat(back).doesNotContain("65535");
    assertThat(driver.show()).contains(PREFIX + " 192.0.2.1 announced").contains("UPDATES 4 EOR 1");
  }

  @Test
  void aKilledProcessIsWithdrawnAtTheRouter() {
    Bird bird = bird(neighbor(Optional.empty(), false));
    IngressProcess driver = driver();
    bird.await("the route", ROUTE, a -> a.contains("BGP.as_path"));

    driver.process().kill();

    Await.until(
        Duration.ofSeconds(10),
        "the route is gone after kill -9",
        () -> !bird.hasRoute(PREFIX),
        () -> bird.route(PREFIX));
  }

  @Test
  void aFailedListenerWithdrawsAtOnce() {
    Bird bird = bird(neighbor(Optional.empty(), false));
    IngressProcess driver = driver();
    bird.await("the route", ROUTE, a -> a.contains("BGP.as_path"));

    driver.tell("listener-failed");
    bird.await("the withdrawal", ROUTE, a -> !a.contains("BGP.as_path"));
    assertThat(bird.established("node")).isTrue();
  }

  @Test
  void shutdownSaysGoodbyeWithItsText() {
    Bird bird = bird(neighbor(Optional.empty(), false));
    IngressProcess driver = driver();
    bird.await("the route", ROUTE, a -> a.contains("BGP.as_path"));

    driver.process().say("shutdown moving racks");

    bird.await(
        "the shutdown communication", "show protocols all node", a -> a.contains("moving racks"));
    assertThat(bird.log()).contains("Administrative shutdown");
    Await.until("the process ends", () -> !driver.process().isAlive(), driver::output);
  }

  @Test
  void speaksIpv6ToAnIpv6Router() {
    Bird bird =
        bird(
            new Neighbor(
                "node",
                "2001:db8::1",
                "2001:db8::2",
                64496,
                Optional.of("swordfish"),
                true,
                List.of()));
    IngressProcess.start(
        site,
        dir,
        "driver6",
        "prefixes=2001:db8:a::/48",
        "upstream=2001:db8::1",
        "local=2001:db8::2",
        "asn=64500",
        "local-asn=64496",
        "md5=swordfish",
        "gtsm=true");

    bird.await(
        "the route",
        "show route 2001:db8:a::/48 all",
        a -> a.contains("BGP.as_path: 64496\n") && a.contains("BGP.next_hop: 2001:db8::2"));
  }

  private Bird bird(Neighbor neighbor) {
    return Bird.start(router, dir, "bird", new BirdConfig("192.0.2.1", 64500).neighbor(neighbor));
  }

  private static Neighbor neighbor(Optional<String> md5, boolean gtsm, String... extra) {
    return new Neighbor("node", "192.0.2.1", "192.0.2.2", 64496, md5, gtsm, List.of(extra));
  }

  private IngressProcess driver(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "prefixes=" + PREFIX,
                "upstream=192.0.2.1",
                "local=192.0.2.2",
                "asn=64500",
                "local-asn=64496"));
    options.addAll(List.of(more));
    return IngressProcess.start(site, dir, "driver", options.toArray(String[]::new));
  }
}
