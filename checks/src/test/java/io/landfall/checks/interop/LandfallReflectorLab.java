package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.interop.StockClient.Daemon;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  @TempDir Path dir;

  private final List<NetworkNamespace> hosts = new ArrayList<>();
  private final List<StockClient> clients = new ArrayList<>();
  private final List<ChildProcess> running = new ArrayList<>();

  @AfterEach
  void nothingStays() {
    hosts.reversed().forEach(NetworkNamespace::close);
  }

  @Test
  void fiveDaemonsAreClientsOfOneReflector() throws IOException {
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
          "      - {name: %s, identity: %s, address: %s, relation: client, password-file: md5.key,"
                  .formatted(client.name(), client.identity(), here)
              + " dial: false, ttl-security: %s}".formatted(GTSM.contains(daemon)));
    }
    WholeNode rr = reflector(reflector, neighbors);
    clients.forEach(client -> running.add(client.start()));

    SortedSet<String> all = new TreeSet<>();
    all.add(RR + " by " + RR);
    clients.forEach(client -> all.addAll(routesOf(client)));
    awaitAll(rr, "exact tables", all);
    assertThat(rr.tell("show", "refused", "--json").strip()).isEqualTo("[]");

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
    assertThat(rr.tell("show", "routes", "for", StockClient.SERVICE, "all", "--json"))
        .containsOnlyOnce("\"signal\":\"DRAINING\"");
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

  private void restart(WholeNode rr, Daemon daemon, SortedSet<String> all) {
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
  private void awaitAll(WholeNode rr, String what, SortedSet<String> all, StockClient... leftOut) {
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
                  + rr.tell("show", "peers")
                  + "\n"
                  + rr.tell("show", "refused"));
    }
  }

  /** What an operator writes for a node that only reflects: no edge, and what clients may send. */
  private WholeNode reflector(NetworkNamespace host, List<String> neighbors) throws IOException {
    List<String> clientNames = clients.stream().map(StockClient::name).toList();
    String config =
        """
        node: {name: rr, identity: %s}
        overlay:
          block: %s
          listen: "127.0.0.1:8443"
          reflector: true
          bgp:
            listen: "0.0.0.0:179"
            neighbors:
        %s
        trust:
          domain: cdn.example
          ca: ca.pem
          certificate: rr.pem
          key: rr.key
          entitlements: {%s}
        services: {shop: {identity: %s, hosts: [shop.example]}}
        admin: {socket: rr.sock}
        """
            .formatted(
                RR,
                BLOCK,
                String.join("\n", neighbors),
                String.join(", ", clientNames.stream().map(name -> name + ": [shop]").toList()),
                StockClient.SERVICE);
    return WholeNode.start(
        host,
        dir,
        CertificateAuthority.generate("lab", System.currentTimeMillis()),
        new NodeName("rr"),
        BLOCK.parseHost(RR),
        List.of(),
        folder -> write(folder.resolve("rr.yaml"), config));
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NetworkNamespace host(String role) {
    NetworkNamespace made = NetworkNamespace.create("interop", role);
    hosts.add(made);
    return made;
  }
}
