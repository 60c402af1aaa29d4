package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real daemons on a service host beside node fra, with the configuration that
 * docs/services-that-speak-bgp.md prints, judged by the table of node nyc: announce, leak, drain,
 * withdraw, die, come back. Both nodes are {@code landfall run}.
 */
class ServiceHostLab {

  /** Two virtual machines start at once, on a machine that may be busy with others. */
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(90);

  @TempDir static Path dir;

  private static final List<NetworkNamespace> sites = new ArrayList<>();
  private static NetworkNamespace fraHost;
  private static ServiceHostLabSite fra;
  private static ServiceHostLabSite nyc;

  private NetworkNamespace host;

  @BeforeAll
  static void twoNodes() throws IOException {
    LabRequirements.require("ip-netns-root", "tcp-md5");
    fraHost = NetworkNamespace.create("speaker", "fra");
    sites.add(fraHost);
    NetworkNamespace nycHost = NetworkNamespace.create("speaker", "nyc");
    sites.add(nycHost);
    NetworkNamespace.link(
        new NetworkNamespace.End(fraHost, "wan", "203.0.113.1/24"),
        new NetworkNamespace.End(nycHost, "wan", "203.0.113.2/24"));
    // The node's address towards its hosts stays while links to them come and go.
    fraHost.addAddress("lo", "10.0.0.1/32");
    Files.writeString(dir.resolve("web7.key"), "swordfish\n");
    CertificateAuthority ca = ServiceHostLabSite.authority(dir);
    List<String> services = List.of("shop", "api", "media");
    // The page's own config, with a probe that always succeeds and one service more.
    String page =
        GuidePage.SERVICE_HOSTS
            .block("node.yaml")
            .replace("    bgp:", "    probe: {exec: [/usr/bin/true], interval: 1s}\n    bgp:")
            .replace("    web8:", "    web9: {address: 10.0.0.9}\n    web8:");
    String media =
        """
          media:
            identity: 10.32.1.12
            hosts: [media.example]
            backends: ["http://10.0.0.9:8080"]
            probe: {exec: [/usr/bin/true]}
            bgp: {hosts: [web9]}
        """;
    fra = ServiceHostLabSite.start(fraHost, dir, ca, 1, services, page + media);
    String known =
        """
        services:
          shop: {identity: 10.32.1.10, hosts: [shop.example]}
          api: {identity: 10.32.1.11, hosts: [api.example]}
          media: {identity: 10.32.1.12, hosts: [media.example]}
        """;
    nyc = ServiceHostLabSite.start(nycHost, dir, ca, 2, List.of(), known);
    Await.until(
        STARTED_WITHIN,
        "an adjacency",
        () -> nyc.tell("show", "peers").contains("established"),
        () -> nyc.tell("show", "peers") + fra.log() + nyc.log());
  }

  @AfterAll
  static void noNodeStays() {
    sites.reversed().forEach(NetworkNamespace::close);
    sites.clear();
  }

  @BeforeEach
  void aServiceHost() {
    host = host("web7", "10.0.0.7/24");
  }

  @AfterEach
  void noHostStays() {
    host.close();
    nyc.awaitServices("a host that is gone takes its word with it");
  }

  private static NetworkNamespace host(String name, String address) {
    NetworkNamespace made = NetworkNamespace.create("speaker", name);
    NetworkNamespace.link(
        new NetworkNamespace.End(fraHost, name, "10.0.0.1/24"),
        new NetworkNamespace.End(made, "eth0", address));
    return made;
  }

  private static String route(String service, String signal) {
    return service + " via 10.32.0.1 " + signal + " tier 0";
  }

  private static final String SHOP = "10.32.1.10";
  private static final String API = "10.32.1.11";

  /** What every daemon goes through. */
  private void lifeOf(HostDaemon daemon) {
    long before = refusals();
    ChildProcess running = daemon.start();
    nyc.awaitServices(
        "what the page announces, or " + running.output(), route(SHOP, "UP"), route(API, "UP"));
    assertThat(fra.tell("show", "services"))
        .contains("web7 (established) says UP tier 0 by MED 100");
    assertThat(fra.tell("show", "peers")).containsPattern("web7 +service ");

    daemon.leak();
    Await.until(
        "the leak is refused",
        () -> refusals() >= before + HostDaemon.LEAK.size(),
        () -> fra.tell("show", "refused") + running.output());
    assertThat(fra.tell("show", "refused")).contains("not-configured-for-this-host");
    assertThat(fra.tell("show", "peers"))
        .containsPattern("web7 +service +[0-9]+ +\\S+ +established");
    nyc.awaitServices("nothing of the leak", route(SHOP, "UP"), route(API, "UP"));

    daemon.drain();
    nyc.awaitServices("a drain", route(SHOP, "DRAINING"), route(API, "DRAINING"));
    daemon.withdrawShop();
    nyc.awaitServices("a withdrawal", route(API, "DRAINING"));
    running.kill();
    nyc.awaitServices("a dead daemon says nothing");
    ChildProcess again = daemon.start();
    Await.until(
        "the daemon comes back",
        () -> nyc.services().stream().anyMatch(line -> line.startsWith(API)),
        () -> nyc.tell("show", "routes") + fra.tell("show", "services") + again.output());
    again.kill();
  }

  /** What fra refused of web7, by all rules: PEER, REASON (a number), RULE, COUNT and more. */
  private static long refusals() {
    return fra.tell("show", "refused")
        .lines()
        .map(line -> line.strip().split("\\s{2,}"))
        .filter(columns -> columns[0].equals("web7") && columns[1].matches("[0-9]+"))
        .mapToLong(columns -> Long.parseLong(columns[3]))
        .sum();
  }

  @Test
  void bird() {
    LabRequirements.require("bird");
    lifeOf(HostDaemon.bird(host, dir));
  }

  @Test
  void frr() {
    LabRequirements.require("frr");
    lifeOf(HostDaemon.frr(host, dir));
  }

  @Test
  void gobgp() {
    LabRequirements.require("gobgp");
    lifeOf(HostDaemon.gobgp(host, dir));
  }

  @Test
  void openbgpd() {
    LabRequirements.require("openbgpd");
    lifeOf(HostDaemon.openbgpd(host, dir));
  }

  @Test
  void exabgpWithItsOwnHealthCheck() throws IOException {
    LabRequirements.require("exabgp");
    String leak =
        "process leak { run /bin/sh -c \""
            + String.join(
                "",
                HostDaemon.LEAK.stream()
                    .map(p -> "echo announce route " + p + " next-hop self; ")
                    .toList())
            + "sleep 600\"; encoder text; }\n";
    Path config =
        GuidePage.writePrivate(
            dir.resolve("exabgp.conf"),
            GuidePage.SERVICE_HOSTS
                    .block("exabgp.conf")
                    .replace("/run/shop", dir + "/shop")
                    .replace("api ];", "api, leak ];")
                + leak);
    List<String> command =
        List.of(
            "env",
            "exabgp.daemon.drop=false",
            "exabgp.api.cli=false",
            "exabgp.api.ack=true",
            "/usr/sbin/exabgp",
            config.toString());
    long before = refusals();
    ChildProcess shop = backend(8080);
    ChildProcess api = backend(8081);
    ChildProcess exabgp = host.start("exabgp", dir, command);
    nyc.awaitServices("both services, or " + exabgp.output(), route(SHOP, "UP"), route(API, "UP"));
    Await.until(
        "the leak is refused",
        () -> refusals() >= before + HostDaemon.LEAK.size(),
        () -> fra.tell("show", "refused") + exabgp.output());

    Path disabled = Files.writeString(dir.resolve("shop.disabled"), "");
    String draining = "10.32.1.10 via 10.32.0.1 DRAINING tier 3";
    nyc.awaitServices("MED 500 drains", draining, route(API, "UP"));
    Files.delete(disabled);
    nyc.awaitServices("enabled again", route(SHOP, "UP"), route(API, "UP"));

    shop.kill();
    nyc.awaitServices("MED 1000 is down", route(API, "UP"));
    api.kill();
    nyc.awaitServices("a withdrawal is down");
    assertThat(fra.tell("show", "peers"))
        .containsPattern("web7 +service +[0-9]+ +\\S+ +established");

    shop = backend(8080);
    nyc.awaitServices("the backend is back", route(SHOP, "UP"));
    exabgp.kill();
    nyc.awaitServices("a dead ExaBGP says nothing");
    ChildProcess again = host.start("exabgp", dir, command);
    nyc.awaitServices("and is heard again, or " + again.output(), route(SHOP, "UP"));
    again.kill();
    shop.close();
  }

  private ChildProcess backend(int port) {
    return host.start(
        "backend" + port,
        dir,
        List.of("/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "" + port));
  }

  @Test
  void twoHostsSpeakForOneServiceAndOneOfThemByIbgp() {
    LabRequirements.require("bird");
    String page = GuidePage.SERVICE_HOSTS.block("bird.conf");
    Path seven = GuidePage.writePrivate(dir.resolve("seven.conf"), page);
    Path eight =
        GuidePage.writePrivate(
            dir.resolve("eight.conf"),
            page.replace("10.0.0.7", "10.0.0.8")
                .replace("65010", "4200000000")
                .replace("  password \"swordfish\";\n  ttl security on;\n", "")
                .replace("bgp_med = 100", "bgp_med = 300")
                .replace("  route 10.32.1.11/32 blackhole;\n", ""));
    try (NetworkNamespace second = host("web8", "10.0.0.8/24")) {
      fraHost.must("ip", "route", "replace", "10.0.0.8/32", "dev", "web8");
      fraHost.must("ip", "route", "replace", "10.0.0.7/32", "dev", "web7");
      ChildProcess by8 =
          second.start(
              "eight",
              dir,
              List.of("/usr/sbin/bird", "-f", "-c", "" + eight, "-s", dir + "/8.ctl"));
      nyc.awaitServices(
          "iBGP, tier by MED, or " + by8.output(), "10.32.1.10 via 10.32.0.1 UP tier 2");
      ChildProcess by7 =
          host.start(
              "seven",
              dir,
              List.of("/usr/sbin/bird", "-f", "-c", "" + seven, "-s", dir + "/7.ctl"));
      nyc.awaitServices("the better word counts", route(SHOP, "UP"), route(API, "UP"));
      assertThat(fra.tell("show", "services"))
          .contains("the best of 2 hosts", "web8 (established) says UP tier 2 by MED 300");
      by7.kill();
      nyc.awaitServices("up while any is", "10.32.1.10 via 10.32.0.1 UP tier 2");
      fra.tell("drain", "service", "shop");
      nyc.awaitServices("the node drains it", "10.32.1.10 via 10.32.0.1 DRAINING tier 2");
      fra.tell("undrain", "service", "shop");
      by8.kill();
    }
  }
}
