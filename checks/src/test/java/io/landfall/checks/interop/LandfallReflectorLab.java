package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.interop.StockClient.Daemon;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Landfall as the reflector of BIRD, FRR, GoBGP, OpenBGPD and ExaBGP, all at once: each announces
 * its identity and one service, and each hears of all the others, exactly; a withdrawal, a daemon
 * that is killed and comes back, and a drain reach all of them. TCP MD5 with each, GTSM with those
 * that apply it to iBGP.
 */
class LandfallReflectorLab {
  private static final List<Daemon> GTSM = List.of(Daemon.BIRD, Daemon.FRR, Daemon.GOBGP);

  /** The first wait is also for six processes to start, on a machine that may be busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String RR = "10.32.0.250";

  @TempDir Path dir;

  private final List<NetworkNamespace> hosts = new ArrayList<>();
  private final List<StockClient> clients = new ArrayList<>();
  private final List<ChildProcess> running = new ArrayList<>();

  @AfterEach
  void nothingStays() {
    hosts.reversed().forEach(NetworkNamespace::close);
  }

  @Test
  void fiveDaemonsAreClientsOfOneReflector() {
    LabRequirements.require(
        "ip-netns-root", "tcp-md5", "bird", "frr", "gobgp", "openbgpd", "exabgp");
    NetworkNamespace reflector = host("rr");
    List<String> neighbors = new ArrayList<>();
    for (Daemon daemon : Daemon.values()) {
      int link = clients.size();
      NetworkNamespace host = host(daemon.name().toLowerCase(Locale.ROOT));
      String there = "192.0.2." + (4 * link + 1);
      String here = "192.0.2." + (4 * link + 2);
      NetworkNamespace.link(
          new NetworkNamespace.End(reflector, "eth" + link, there + "/30"),
          new NetworkNamespace.End(host, "eth0", here + "/30"));
      host.addRoute("default", there);
      StockClient client = new StockClient(daemon, host, dir, there, here);
      clients.add(client);
      neighbors.add(
          client.name()
              + ","
              + client.identity()
              + ","
              + here
              + ",client,md5=swordfish"
              + (GTSM.contains(daemon) ? ",gtsm" : "")
              + ",service="
              + StockClient.SERVICE);
    }
    OverlayProcess rr = reflector(reflector, neighbors);
    clients.forEach(client -> running.add(client.start()));

    SortedSet<String> all = new TreeSet<>();
    all.add(RR + " by " + RR);
    clients.forEach(client -> all.addAll(routesOf(client)));
    awaitAll(rr, "exact tables", all);
    assertThat(rr.ask("refused")).isEmpty();

    NetworkNamespace gobgp = hosts.get(1 + clients.indexOf(client(Daemon.GOBGP)));
    String goIdentity = client(Daemon.GOBGP).identity();
    gobgp.must("gobgp", "global", "rib", "del", StockClient.SERVICE + "/32");
    all.remove(StockClient.SERVICE + " by " + goIdentity);
    awaitAll(rr, "a withdrawal", all);

    gobgp.must(
        "gobgp",
        "global",
        "rib",
        "add",
        StockClient.SERVICE + "/32",
        "nexthop",
        goIdentity,
        "community",
        "65535:0");
    all.add(StockClient.SERVICE + " by " + goIdentity);
    awaitAll(rr, "a service that drains is still there", all);
    assertThat(rr.ask("routes"))
        .contains(StockClient.SERVICE + " by " + goIdentity + " from gobgp DRAINING tier 0");
    NetworkNamespace bird = hosts.get(1);
    Await.until(
        "GRACEFUL_SHUTDOWN passes the reflector",
        () -> birdRoute(bird).contains("(65535,0)"),
        () -> birdRoute(bird));

    restart(rr, Daemon.FRR, all);
    restart(rr, Daemon.EXABGP, all);
  }

  private String birdRoute(NetworkNamespace bird) {
    return bird.run(
        "birdc", "-s", dir + "/c-bird.ctl", "show route " + StockClient.SERVICE + "/32 all");
  }

  private void restart(OverlayProcess rr, Daemon daemon, SortedSet<String> all) {
    StockClient client = client(daemon);
    running.get(clients.indexOf(client)).kill();
    SortedSet<String> without = new TreeSet<>(all);
    without.removeAll(routesOf(client));
    awaitAll(rr, daemon + " was killed", without, client);
    running.set(clients.indexOf(client), client.start());
    awaitAll(rr, daemon + " is back", all);
  }

  private static List<String> routesOf(StockClient client) {
    return List.of(
        client.identity() + " by " + client.identity(),
        StockClient.SERVICE + " by " + client.identity());
  }

  private StockClient client(Daemon daemon) {
    return clients.get(Arrays.asList(Daemon.values()).indexOf(daemon));
  }

  /** Waits until every client that is not left out has heard all but its own. */
  private void awaitAll(
      OverlayProcess rr, String what, SortedSet<String> all, StockClient... leftOut) {
    for (StockClient client : clients) {
      if (List.of(leftOut).contains(client)) {
        continue;
      }
      SortedSet<String> wanted = new TreeSet<>(all);
      wanted.removeAll(routesOf(client));
      Await.until(
          PATIENCE,
          what + " at " + client.name() + ": " + wanted,
          () -> client.heard().equals(wanted),
          () ->
              client.heard()
                  + "\n"
                  + running.get(clients.indexOf(client)).output()
                  + "\n"
                  + rr.ask("peers")
                  + "\n"
                  + rr.ask("refused"));
    }
  }

  private OverlayProcess reflector(NetworkNamespace host, List<String> neighbors) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "name=rr",
                "block=10.32.0.0/23",
                "identity=" + RR,
                "asn=4200000000",
                "reflector=true",
                "listen=0.0.0.0:179"));
    neighbors.forEach(neighbor -> options.add("neighbor=" + neighbor));
    return OverlayProcess.start(host, dir, "rr", options);
  }

  private NetworkNamespace host(String role) {
    NetworkNamespace made = NetworkNamespace.create("interop", role);
    hosts.add(made);
    return made;
  }
}
