package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plane one against every routing daemon that an upstream may run: one whole life each, and the
 * roles of RFC 9234 where the daemon has them.
 */
class IngressUpstreamLab {
  private static final String PREFIX = "198.51.100.0/24";

  /** Two, or three where the daemon sends our own prefix back to us. */
  private static final Pattern REFUSED =
      Pattern.compile("refused=\\{ingress-imports-nothing=[23]\\}");

  /** The daemons. */
  enum Daemon {
    BIRD(true, true),
    FRR(true, true),
    OPENBGPD(true, true),
    GOBGP(false, true),
    EXABGP(false, false);

    private final boolean hasRoles;
    private final boolean hasGtsm;

    Daemon(boolean hasRoles, boolean hasGtsm) {
      this.hasRoles = hasRoles;
      this.hasGtsm = hasGtsm;
    }

    UpstreamRouter start(UpstreamRouter.Setup setup) {
      return switch (this) {
        case BIRD -> new BirdUpstream(setup);
        case OPENBGPD -> new OpenBgpd(setup);
        case FRR -> new Frr(setup);
        case GOBGP -> new GoBgp(setup);
        case EXABGP -> new ExaBgp(setup);
      };
    }
  }

  @TempDir Path dir;

  private NetworkNamespace router;
  private NetworkNamespace site;

  @BeforeEach
  void twoHostsAndACable() {
    LabRequirements.require("ip-netns-root", "tcp-md5");
    router = NetworkNamespace.create("ingress", "router");
    site = NetworkNamespace.create("ingress", "site");
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
        new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
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

  @ParameterizedTest
  @EnumSource(Daemon.class)
  void announcedDressedRestartedDrainedBackAndWithdrawnOnKill9(Daemon daemon) {
    LabRequirements.require(daemon.name().toLowerCase(Locale.ROOT));
    String role = daemon.hasRoles ? "provider" : "";
    UpstreamRouter.Setup setup = new UpstreamRouter.Setup(router, dir, role, !role.isEmpty());
    UpstreamRouter upstream = daemon.start(setup);
    IngressProcess driver =
        driver(
            "role=customer",
            "gtsm=" + daemon.hasGtsm,
            "prepends=2",
            "communities=64500:100",
            "large=64500:1:2",
            "drain-millis=1500");
    await("the route, dressed as configured", upstream, driver, upstream.path(3), true);
    assertThat(upstream.route(PREFIX)).contains("192.0.2.2").contains(upstream.communityWords());
    // A customer says nothing of OTC (RFC 9234 section 5); a daemon that shows it calls it so.
    assertThat(upstream.route(PREFIX).toLowerCase(Locale.ROOT)).doesNotContain("otc");
    Await.until(
        "a default route and a /24 are refused and counted",
        () -> REFUSED.matcher(driver.show()).find(),
        driver::output);

    upstream.process().kill();
    Await.until(
        "the session is lost with the daemon",
        () -> driver.show().contains("PREFIX " + PREFIX + " 192.0.2.1 down"),
        driver::output);
    UpstreamRouter again = daemon.start(setup);
    await("the route at the restarted daemon", again, driver, again.path(3), true);

    drained(again, driver);
    driver.tell("undrain");
    await("the route again", again, driver, again.path(3), true);
    assertThat(again.route(PREFIX)).doesNotContain(again.gracefulShutdownWord());

    driver.process().kill();
    await("the withdrawal after kill -9", again, driver, again.path(3), false);
  }

  private static void drained(UpstreamRouter upstream, IngressProcess driver) {
    driver.tell("drain");
    await("GRACEFUL_SHUTDOWN first", upstream, driver, upstream.gracefulShutdownWord(), true);
    assertThat(driver.output()).contains("announced -> draining");
    await("then the withdrawal", upstream, driver, upstream.path(3), false);
    assertThat(driver.show()).contains("ESTABLISHED").contains(" withdrawn");
  }

  /** A peer's routes carry OTC with its AS, put there by the peer (RFC 9234 section 5). */
  @ParameterizedTest
  @EnumSource(names = {"BIRD", "OPENBGPD", "FRR"})
  void aPeersRouteCarriesOnlyToCustomerAndARoleMismatchIsNamed(Daemon daemon) {
    LabRequirements.require(daemon.name().toLowerCase(Locale.ROOT));
    UpstreamRouter upstream = daemon.start(new UpstreamRouter.Setup(router, dir, "peer", true));
    mismatchesAreNamed(upstream, "customer");

    IngressProcess peer = driver("role=peer", "role-strict=true", "gtsm=true");
    await("the route of a peer", upstream, peer, upstream.path(1), true);
    assertThat(upstream.route(PREFIX).replaceAll("[Oo][Tt][Cc]:? ", "otc ")).contains("otc 64496");
  }

  /** No session with a strict router for who says another role than the router's other half. */
  private void mismatchesAreNamed(UpstreamRouter upstream, String otherRole) {
    IngressProcess wrong = driver("role=" + otherRole, "gtsm=true");
    Await.until(
        "the mismatch is shown with its NOTIFICATION",
        () -> wrong.show().contains("NOTIFICATION 2/11"),
        () -> wrong.output() + upstream.log());
    assertThat(upstream.has(PREFIX, 1)).isFalse();
    wrong.process().kill();

    IngressProcess silent = driver("gtsm=true");
    Await.until(
        "a strict daemon wants a role",
        () -> silent.show().contains("NOTIFICATION 2/11"),
        () -> silent.output() + upstream.log());
    silent.process().kill();
  }

  /** A route of a route server's client carries no OTC: nobody has put one there yet. */
  @ParameterizedTest
  @EnumSource(names = {"BIRD", "OPENBGPD", "FRR"})
  void aRouteServersClientSaysNoOnlyToCustomerAndARoleMismatchIsNamed(Daemon daemon) {
    LabRequirements.require(daemon.name().toLowerCase(Locale.ROOT));
    UpstreamRouter upstream =
        daemon.start(new UpstreamRouter.Setup(router, dir, "rs-server", true));
    mismatchesAreNamed(upstream, "peer");

    IngressProcess client = driver("role=rs-client", "role-strict=true", "gtsm=true");
    await("the route of a route server's client", upstream, client, upstream.path(1), true);
    assertThat(upstream.route(PREFIX).toLowerCase(Locale.ROOT)).doesNotContain("otc");
    Await.until(
        "what the route server says is refused and counted",
        () -> REFUSED.matcher(client.show()).find(),
        client::output);
    assertThat(client.show()).contains("ESTABLISHED");
  }

  /** What a route server hears of its client it passes on to other members with its own AS. */
  @Test
  void aMemberBehindTheRouteServerSeesThePrefixMarkedByTheRouteServer() {
    LabRequirements.require("bird");
    try (NetworkNamespace member = NetworkNamespace.create("ingress", "member")) {
      NetworkNamespace.link(
          new NetworkNamespace.End(router, "eth1", "203.0.113.1/24"),
          new NetworkNamespace.End(member, "eth0", "203.0.113.2/24"));
      List<String> server = List.of("local role rs_server;", "require roles on;", "rs client;");
      Bird rs =
          Bird.start(
              router,
              dir,
              "rs",
              new BirdConfig("192.0.2.1", 64500)
                  .neighbor(BirdUpstream.node(server))
                  .neighbor(
                      new BirdConfig.Neighbor(
                          "behind",
                          "203.0.113.1",
                          "203.0.113.2",
                          64497,
                          Optional.empty(),
                          false,
                          server)));
      BirdConfig.Neighbor toServer =
          new BirdConfig.Neighbor(
              "server",
              "203.0.113.2",
              "203.0.113.1",
              64500,
              Optional.empty(),
              false,
              // Next hops pass through a route server, so here they are not on the member's link.
              List.of("local role rs_client;", "require roles on;", "multihop 2;"));
      Bird bird =
          Bird.start(
              member, dir, "member", new BirdConfig("203.0.113.2", 64497).neighbor(toServer));
      IngressProcess client = driver("role=rs-client", "role-strict=true", "gtsm=true");

      bird.await("the prefix", "show route " + PREFIX + " all", text -> text.contains("64496"));
      assertThat(bird.route(PREFIX))
          .as("no AS of the route server in the path")
          .contains("BGP.as_path: 64496\n")
          .containsPattern("(?i)otc: *64500");
      assertThat(rs.route(PREFIX).toLowerCase(Locale.ROOT)).doesNotContain("otc");
      assertThat(client.show()).contains("ESTABLISHED");
    }
  }

  /** This side's strict mode: a router without a role is refused, with the number of the rule. */
  @ParameterizedTest
  @CsvSource({"BIRD", "GOBGP"})
  void aRouterWithoutARoleIsRefusedWhenTheSideIsStrict(Daemon daemon) {
    LabRequirements.require(daemon.name().toLowerCase(Locale.ROOT));
    UpstreamRouter upstream = daemon.start(new UpstreamRouter.Setup(router, dir, "", false));
    IngressProcess strict = driver("role=customer", "role-strict=true", "gtsm=true");
    Await.until(
        "no role is a mismatch",
        () -> strict.show().contains("NOTIFICATION 2/11 sent"),
        () -> strict.output() + upstream.log());
    strict.process().kill();

    IngressProcess lenient = driver("role=customer", "gtsm=true");
    await("the route without strict roles", upstream, lenient, upstream.path(1), true);
  }

  private IngressProcess driver(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "prefixes=" + PREFIX,
                "upstream=192.0.2.1",
                "local=192.0.2.2",
                "asn=64500",
                "local-asn=64496",
                "md5=" + UpstreamRouter.MD5_KEY));
    options.addAll(List.of(more));
    return IngressProcess.start(site, dir, "driver", options.toArray(String[]::new));
  }

  private static void await(
      String what, UpstreamRouter upstream, IngressProcess driver, String word, boolean there) {
    Await.until(
        what,
        () -> upstream.route(PREFIX).contains(word) == there,
        () -> upstream.route(PREFIX) + "\n" + upstream.log() + "\n" + driver.output());
  }
}
