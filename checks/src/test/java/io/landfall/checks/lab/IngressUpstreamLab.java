package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plane one against the other routing daemons that an upstream may run: one whole life each. */
class IngressUpstreamLab {
  private static final String PREFIX = "198.51.100.0/24";
  private static final Pattern REFUSED =
      Pattern.compile("refused=\\{ingress-imports-nothing=[23]\\}");

  /** The daemons. */
  enum Daemon {
    OPENBGPD,
    FRR,
    GOBGP;

    UpstreamRouter start(NetworkNamespace namespace, Path dir) {
      return switch (this) {
        case OPENBGPD -> new OpenBgpd(namespace, dir);
        case FRR -> new Frr(namespace, dir);
        case GOBGP -> new GoBgp(namespace, dir);
      };
    }
  }

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(Daemon.class)
  void announcedImportsNothingDrainedBackAndWithdrawnOnKill9(Daemon daemon) {
    LabRequirements.require("ip-netns-root", "tcp-md5", daemon.name().toLowerCase(Locale.ROOT));
    try (var router = NetworkNamespace.create("ingress", "router");
        var site = NetworkNamespace.create("ingress", "site")) {
      NetworkNamespace.link(
          new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
          new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
      UpstreamRouter upstream = daemon.start(router, dir);
      IngressProcess driver =
          IngressProcess.start(
              site,
              dir,
              "driver",
              "prefixes=" + PREFIX,
              "upstream=192.0.2.1",
              "local=192.0.2.2",
              "asn=64500",
              "local-asn=64496",
              "role=customer",
              "md5=" + UpstreamRouter.MD5_KEY,
              "gtsm=true",
              "drain-millis=1500");

      announced(upstream, driver);
      importsNothing(driver);
      drained(upstream, driver);

      driver.tell("undrain");
      await("the route again", upstream, driver, upstream.pathWord(), true);
      assertThat(upstream.route(PREFIX)).doesNotContain(upstream.gracefulShutdownWord());

      driver.process().kill9();
      await("the withdrawal after kill -9", upstream, driver, upstream.pathWord(), false);
    }
  }

  private static void announced(UpstreamRouter upstream, IngressProcess driver) {
    await("the route", upstream, driver, upstream.pathWord(), true);
    assertThat(upstream.route(PREFIX)).contains("192.0.2.2");
  }

  private static void importsNothing(IngressProcess driver) {
    // Two, or three where the daemon sends our own prefix back to us.
    Await.until(
        "a default route and a /24 are refused and counted",
        () -> REFUSED.matcher(driver.show()).find(),
        driver::output);
  }

  private static void drained(UpstreamRouter upstream, IngressProcess driver) {
    driver.tell("drain");
    await("GRACEFUL_SHUTDOWN", upstream, driver, upstream.gracefulShutdownWord(), true);
    await("the withdrawal", upstream, driver, upstream.pathWord(), false);
    assertThat(driver.show()).contains("ESTABLISHED").contains(" withdrawn");
  }

  private static void await(
      String what, UpstreamRouter upstream, IngressProcess driver, String word, boolean there) {
    Await.until(
        what,
        () -> upstream.route(PREFIX).contains(word) == there,
        () -> upstream.route(PREFIX) + "\n" + upstream.log() + "\n" + driver.output());
  }
}
