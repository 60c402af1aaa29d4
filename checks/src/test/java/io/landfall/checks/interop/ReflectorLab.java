package io.landfall.checks.interop;

import io.landfall.checks.lab.LabProcess;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.checks.lab.NetworkNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes that know of each other through a stock routing daemon only, with the daemon's
 * configuration as the guide prints it: exact tables, withdrawal, a lost and a restarted reflector.
 */
class ReflectorLab {
  @TempDir Path dir;

  private final List<NetworkNamespace> hosts = new ArrayList<>();
  private NetworkNamespace reflector;
  private NetworkNamespace fraHost;
  private NetworkNamespace nycHost;

  @BeforeEach
  void threeHosts() {
    LabRequirements.require("ip-netns-root", "tcp-md5");
    reflector = host("rr");
    fraHost = host("fra");
    nycHost = host("nyc");
    NetworkNamespace.link(
        new NetworkNamespace.End(reflector, "eth0", "192.0.2.1/24"),
        new NetworkNamespace.End(fraHost, "eth0", "192.0.2.2/24"));
    NetworkNamespace.link(
        new NetworkNamespace.End(reflector, "eth1", "198.51.100.1/24"),
        new NetworkNamespace.End(nycHost, "eth0", "198.51.100.2/24"));
  }

  @AfterEach
  void nothingStays() {
    hosts.reversed().forEach(NetworkNamespace::close);
  }

  @Test
  void birdReflectsBetweenNodesWithMd5AndGtsm() {
    LabRequirements.require("bird");
    Path config = GuidePage.write(dir, "bird.conf");
    exchange(
        true,
        () ->
            reflector.start(
                "bird",
                dir,
                List.of("/usr/sbin/bird", "-f", "-c", config.toString(), "-s", dir + "/bird.ctl")));
  }

  @Test
  void gobgpReflectsBetweenNodesWithMd5() {
    LabRequirements.require("gobgp");
    Path config = GuidePage.write(dir, "gobgpd.toml");
    exchange(
        false,
        () ->
            reflector.start(
                "gobgpd",
                dir,
                List.of(
                    "/usr/bin/gobgpd",
                    "-f",
                    config.toString(),
                    "--api-hosts",
                    "127.0.0.1:50051",
                    "--pprof-disable")));
  }

  @Test
  void openbgpdReflectsBetweenNodesWithMd5() {
    LabRequirements.require("openbgpd");
    Path config = GuidePage.write(dir, "bgpd.conf");
    reflector.addRoute("default", "192.0.2.2");
    String start =
        "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -v -f "
            + config;
    exchange(false, () -> reflector.start("openbgpd", dir, List.of("sh", "-c", start)));
  }

  @Test
  void frrReflectsBetweenNodesWithMd5() {
    LabRequirements.require("frr");
    Path config = GuidePage.write(dir, "frr.conf");
    // A process namespace for the three daemons, so that ending its first process ends them all.
    String common =
        " -u root -g root --skip_runas --vty_socket " + dir + " -z " + dir + "/z.api -f " + config;
    String start =
        "for d in zebra staticd bgpd; do /usr/lib/frr/$d -i "
            + dir
            + "/$d.pid"
            + common
            + " & done; wait";
    exchange(
        false,
        () ->
            reflector.start(
                "frr",
                dir,
                List.of("unshare", "--fork", "--pid", "--kill-child", "bash", "-c", start)));
  }

  private interface Daemon {
    LabProcess start();
  }

  private void exchange(boolean gtsm, Daemon daemon) {
    LabProcess running = daemon.start();
    OverlayProcess fra = node(fraHost, "fra", "10.32.0.1", "192.0.2.1", gtsm);
    OverlayProcess nyc = node(nycHost, "nyc", "10.32.0.2", "198.51.100.1", gtsm);
    String fraHere = "10.32.0.1 by 10.32.0.1 from - UP tier 0";
    String nycHere = "10.32.0.2 by 10.32.0.2 from - UP tier 0";
    String fraThere = "10.32.0.1 by 10.32.0.1 from rr1 UP tier 0";
    String nycThere = "10.32.0.2 by 10.32.0.2 from rr1 UP tier 0";
    fra.awaitRoutes("fra knows nyc, or " + running.output(), fraHere, nycThere);
    nyc.awaitRoutes("nyc knows fra", fraThere, nycHere);

    fra.ask("originate 10.32.1.10 up 7");
    nyc.awaitRoutes("the service", fraThere, nycHere, "10.32.1.10 by 10.32.0.1 from rr1 UP tier 7");
    nyc.ask("originate 10.32.1.10 cold 3");
    fra.awaitRoutes(
        "both sites of the service",
        fraHere,
        nycThere,
        "10.32.1.10 by 10.32.0.1 from - UP tier 7",
        "10.32.1.10 by 10.32.0.2 from rr1 COLD tier 3");

    fra.ask("withdraw 10.32.1.10");
    nyc.awaitRoutes(
        "the withdrawal", fraThere, nycHere, "10.32.1.10 by 10.32.0.2 from - COLD tier 3");

    running.kill9();
    fra.awaitRoutes("a dead reflector takes its routes with it", fraHere);
    running = daemon.start();
    fra.awaitRoutes(
        "a restarted reflector brings them back, or " + running.output(),
        fraHere,
        nycThere,
        "10.32.1.10 by 10.32.0.2 from rr1 COLD tier 3");
  }

  private NetworkNamespace host(String role) {
    NetworkNamespace made = NetworkNamespace.create("interop", role);
    hosts.add(made);
    return made;
  }

  private OverlayProcess node(
      NetworkNamespace host, String name, String identity, String reflectorAddress, boolean gtsm) {
    return OverlayProcess.start(
        host,
        dir,
        name,
        List.of(
            "name=" + name,
            "block=10.32.0.0/23",
            "identity=" + identity,
            "asn=4200000000",
            "nodes=10.32.0.0/24",
            "entitle=any-in-block",
            "neighbor=rr1,10.32.0.250,"
                + reflectorAddress
                + ",reflector,dial,md5=swordfish"
                + (gtsm ? ",gtsm" : "")));
  }
}
