package io.landfall.checks.interop;

import io.landfall.checks.interop.ReflectorRig.Overlay;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.lab.host.ChildProcess;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two nodes that know of each other through stock routing daemons only, with the configuration as
 * the guide prints it, TCP MD5 and GTSM: exact tables, withdrawal, a lost and a restarted
 * reflector, a drain, and two daemons that stand in for each other.
 */
class ReflectorLab {
  @TempDir Path dir;

  private @Nullable ReflectorRig rig;

  @BeforeEach
  void threeHosts() {
    LabRequirements.require("ip-netns-root", "tcp-md5");
    rig = new ReflectorRig(dir);
  }

  @AfterEach
  void nothingStays() {
    if (rig != null) {
      rig.close();
    }
  }

  private ReflectorRig rig() {
    if (rig == null) {
      throw new IllegalStateException("the rig is built before each test");
    }
    return rig;
  }

  @ParameterizedTest
  @EnumSource
  void reflectsBetweenIpv4NodesWithMd5AndGtsm(StockReflector daemon) {
    exchange(daemon, false);
  }

  @ParameterizedTest
  @EnumSource
  void reflectsBetweenIpv6NodesOverIpv6WithMd5AndGtsm(StockReflector daemon) {
    exchange(daemon, true);
  }

  private void exchange(StockReflector daemon, boolean ipv6) {
    LabRequirements.require(daemon.requirement());
    Overlay at = ipv6 ? Overlay.IPV6 : Overlay.IPV4;
    Path config = GuidePage.REFLECTORS.write(dir, daemon.guide(ipv6));
    ChildProcess running = daemon.start(rig().reflector, dir, config);
    String rr = "rr1," + at.reflector() + ",";
    String how = ",reflector,dial,md5=swordfish,gtsm";
    OverlayProcess fra =
        rig()
            .node(
                rig().fra, "fra", at, at.fra(), rr + (ipv6 ? "2001:db8:1::1" : "192.0.2.1") + how);
    OverlayProcess nyc =
        rig()
            .node(
                rig().nyc,
                "nyc",
                at,
                at.nyc(),
                rr + (ipv6 ? "2001:db8:2::1" : "198.51.100.1") + how);
    String fraHere = at.fra() + " by " + at.fra() + " from - UP tier 0";
    String nycHere = at.nyc() + " by " + at.nyc() + " from - UP tier 0";
    String fraThere = at.fra() + " by " + at.fra() + " from rr1 UP tier 0";
    String nycThere = at.nyc() + " by " + at.nyc() + " from rr1 UP tier 0";
    String atFra = at.service() + " by " + at.fra() + " from ";
    String atNyc = at.service() + " by " + at.nyc() + " from ";
    fra.awaitRoutes("fra knows nyc, or " + running.output(), fraHere, nycThere);
    nyc.awaitRoutes("nyc knows fra", fraThere, nycHere);

    fra.ask("originate " + at.service() + " up 7");
    nyc.awaitRoutes("the service", fraThere, nycHere, atFra + "rr1 UP tier 7");
    nyc.ask("originate " + at.service() + " cold 3");
    fra.awaitRoutes(
        "both sites of the service",
        fraHere,
        nycThere,
        atFra + "- UP tier 7",
        atNyc + "rr1 COLD tier 3");

    fra.ask("withdraw " + at.service());
    nyc.awaitRoutes("the withdrawal", fraThere, nycHere, atNyc + "- COLD tier 3");

    running.kill();
    fra.awaitRoutes("a dead reflector takes its routes with it", fraHere);
    running = daemon.start(rig().reflector, dir, config);
    fra.awaitRoutes(
        "a restarted reflector brings them back, or " + running.output(),
        fraHere,
        nycThere,
        atNyc + "rr1 COLD tier 3");

    nyc.ask("drain");
    fra.awaitRoutes("draining comes first", fraHere, nycThere, atNyc + "rr1 DRAINING tier 3");
    nyc.ask("drained");
    fra.awaitRoutes("then the withdrawal; the node stays", fraHere, nycThere);
    nyc.ask("undrain");
    fra.awaitRoutes("the drain is over", fraHere, nycThere, atNyc + "rr1 COLD tier 3");
  }

  /**
   * BIRD and FRR, each with a link to each node; the second is the guide's with other addresses.
   */
  @Test
  void twoReflectorsOfDifferentMakeStandInForEachOther() {
    LabRequirements.require("bird", "frr");
    Overlay at = Overlay.IPV4;
    var second = rig().host("rr2");
    ReflectorRig.link(second, "eth0", "203.0.113.1/24", rig().fra, "eth1", "203.0.113.2/24");
    ReflectorRig.link(second, "eth1", "198.18.0.1/24", rig().nyc, "eth1", "198.18.0.2/24");
    Path birdConfig = GuidePage.REFLECTORS.write(dir, "bird.conf");
    Path frrConfig =
        GuidePage.REFLECTORS.write(
            dir,
            "frr.conf",
            text ->
                text.replace("192.0.2.", "203.0.113.")
                    .replace("198.51.100.", "198.18.0.")
                    .replace("10.32.0.250", "10.32.0.251"));
    ChildProcess bird = StockReflector.BIRD.start(rig().reflector, dir, birdConfig);
    ChildProcess frr = StockReflector.FRR.start(second, dir, frrConfig);
    String how = ",reflector,dial,md5=swordfish,gtsm";
    OverlayProcess fra =
        rig()
            .node(
                rig().fra,
                "fra",
                at,
                at.fra(),
                "rr1,10.32.0.250,192.0.2.1" + how,
                "rr2,10.32.0.251,203.0.113.1" + how);
    OverlayProcess nyc =
        rig()
            .node(
                rig().nyc,
                "nyc",
                at,
                at.nyc(),
                "rr1,10.32.0.250,198.51.100.1" + how,
                "rr2,10.32.0.251,198.18.0.1" + how);
    String fraHere = "10.32.0.1 by 10.32.0.1 from - UP tier 0";
    String nycBy = "10.32.0.2 by 10.32.0.2 from ";
    String shopBy = "10.32.1.10 by 10.32.0.2 from ";
    nyc.ask("originate 10.32.1.10 up 3");
    fra.awaitRoutes(
        "one path for each reflector, or " + frr.output(),
        fraHere,
        nycBy + "rr1 UP tier 0",
        nycBy + "rr2 UP tier 0",
        shopBy + "rr1 UP tier 3",
        shopBy + "rr2 UP tier 3");

    bird.kill();
    fra.awaitRoutes(
        "the other still tells", fraHere, nycBy + "rr2 UP tier 0", shopBy + "rr2 UP tier 3");
    nyc.ask("drain");
    fra.awaitRoutes(
        "a drain through the other",
        fraHere,
        nycBy + "rr2 UP tier 0",
        shopBy + "rr2 DRAINING tier 3");
    StockReflector.BIRD.start(rig().reflector, dir, birdConfig);
    fra.awaitRoutes(
        "the first is back with what is true now",
        fraHere,
        nycBy + "rr1 UP tier 0",
        nycBy + "rr2 UP tier 0",
        shopBy + "rr1 DRAINING tier 3",
        shopBy + "rr2 DRAINING tier 3");
    frr.kill();
    nyc.ask("drained");
    fra.awaitRoutes("a withdrawal through the first", fraHere, nycBy + "rr1 UP tier 0");
  }
}
