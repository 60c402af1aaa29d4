package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.lab.Await;
import io.landfall.checks.lab.LabProcess;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.checks.lab.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
class ServiceSpeakerLab {
  private static final String PAGE = "docs/services-that-speak-bgp.md";
  private static final List<String> LEAK =
      List.of("0.0.0.0/0", "10.32.1.0/24", "10.32.1.99/32", "10.32.1.12/32", "10.32.0.2/32");

  /** Two virtual machines start at once, on a machine that may be busy with others. */
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(90);

  @TempDir static Path dir;

  private static final List<NetworkNamespace> sites = new ArrayList<>();
  private static NetworkNamespace fraHost;
  private static SpeakerLabSite fra;
  private static SpeakerLabSite nyc;

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
    CertificateAuthority ca = SpeakerLabSite.authority(dir);
    List<String> services = List.of("shop", "api", "media");
    // The page's own config, with a probe that always succeeds and one service more.
    String page =
        block("node.yaml")
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
    fra = SpeakerLabSite.start(fraHost, dir, ca, 1, services, page + media);
    String known =
        """
        services:
          shop: {identity: 10.32.1.10, hosts: [shop.example]}
          api: {identity: 10.32.1.11, hosts: [api.example]}
          media: {identity: 10.32.1.12, hosts: [media.example]}
        """;
    nyc = SpeakerLabSite.start(nycHost, dir, ca, 2, List.of(), known);
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
    tests.incrementAndGet();
    host = host("web7", "10.0.0.7/24");
  }

  @AfterEach
  void noHostStays() {
    host.close();
    nyc.awaitServices("a host that is gone takes its word with it");
  }

  private static final AtomicInteger tests = new AtomicInteger();

  /** The link to a host. That of the test before may still be going away: a name is used once. */
  private static String link(String host) {
    return host + "-" + tests.get();
  }

  private static NetworkNamespace host(String name, String address) {
    NetworkNamespace made = NetworkNamespace.create("speaker", name);
    NetworkNamespace.link(
        new NetworkNamespace.End(fraHost, link(name), "10.0.0.1/24"),
        new NetworkNamespace.End(made, "eth0", address));
    return made;
  }

  /** The block of the page that is fenced with a name. */
  private static String block(String name) {
    try {
      Path page = Path.of(PAGE);
      String text = Files.readString(Files.exists(page) ? page : Path.of("..").resolve(page));
      String fence = "```" + name + "\n";
      int from = text.indexOf(fence);
      assertThat(from).as("the page has a block named " + name).isNotNegative();
      return text.substring(from + fence.length(), text.indexOf("\n```", from) + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(PAGE, e);
    }
  }

  private static Path file(String name, String text) {
    try {
      Path file = Files.writeString(dir.resolve(name), text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** One daemon in the hands of its operator. */
  private interface Daemon {
    LabProcess start();

    void leak();

    void drain();

    void withdrawShop();
  }

  private static String route(String service, String signal) {
    return service + " via 10.32.0.1 " + signal + " tier 0";
  }

  private static final String SHOP = "10.32.1.10";
  private static final String API = "10.32.1.11";

  /** What every daemon goes through. */
  private void lifeOf(Daemon daemon) {
    long before = refusals();
    LabProcess running = daemon.start();
    nyc.awaitServices(
        "what the page announces, or " + running.output(), route(SHOP, "UP"), route(API, "UP"));
    assertThat(fra.tell("show", "services"))
        .contains("web7 (established) says UP tier 0 by MED 100");
    assertThat(fra.tell("show", "peers")).containsPattern("web7 +service ");

    daemon.leak();
    Await.until(
        "the leak is refused",
        () -> refusals() >= before + LEAK.size(),
        () -> fra.tell("show", "refused") + running.output());
    assertThat(fra.tell("show", "refused")).contains("not-configured-for-this-host");
    assertThat(fra.tell("show", "peers"))
        .containsPattern("web7 +service +[0-9]+ +\\S+ +established");
    nyc.awaitServices("nothing of the leak", route(SHOP, "UP"), route(API, "UP"));

    daemon.drain();
    nyc.awaitServices("a drain", route(SHOP, "DRAINING"), route(API, "DRAINING"));
    daemon.withdrawShop();
    nyc.awaitServices("a withdrawal", route(API, "DRAINING"));
    running.kill9();
    nyc.awaitServices("a dead daemon says nothing");
    LabProcess again = daemon.start();
    Await.until(
        "the daemon comes back",
        () -> nyc.services().stream().anyMatch(line -> line.startsWith(API)),
        () -> nyc.tell("show", "routes") + fra.tell("show", "services") + again.output());
    again.kill9();
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
    String page = block("bird.conf");
    Path config = file("bird.conf", page);
    String socket = dir + "/bird.ctl";
    String leak =
        "protocol static leak { ipv4; "
            + String.join("", LEAK.stream().map(p -> "route " + p + " blackhole; ").toList())
            + "}\n";
    lifeOf(
        new Daemon() {
          @Override
          public LabProcess start() {
            return host.start(
                "bird",
                dir,
                List.of("/usr/sbin/bird", "-f", "-c", config.toString(), "-s", socket));
          }

          @Override
          public void leak() {
            file("bird.conf", page + leak);
            birdc("configure");
          }

          @Override
          public void drain() {
            file("bird.conf", page.replace("draining = false", "draining = true"));
            birdc("configure");
          }

          @Override
          public void withdrawShop() {
            file(
                "bird.conf",
                page.replace("draining = false", "draining = true")
                    .replace("  route 10.32.1.10/32 blackhole;\n", ""));
            birdc("configure");
          }

          private void birdc(String command) {
            assertThat(host.run("/usr/sbin/birdc", "-s", socket, command)).contains("Reconfig");
          }
        });
  }

  @Test
  void frr() {
    LabRequirements.require("frr");
    Path config = file("frr.conf", block("frr.conf"));
    String common =
        " -u root -g root --skip_runas --vty_socket " + dir + " -z " + dir + "/z.api -f " + config;
    String start =
        "for d in zebra bgpd; do /usr/lib/frr/$d -i " + dir + "/$d.pid" + common + " & done; wait";
    lifeOf(
        new Daemon() {
          @Override
          public LabProcess start() {
            // A process namespace for the daemons, so that ending its first process ends them all.
            return host.start(
                "frr",
                dir,
                List.of("unshare", "--fork", "--pid", "--kill-child", "bash", "-c", start));
          }

          @Override
          public void leak() {
            inFamily(LEAK.stream().map(prefix -> "network " + prefix));
          }

          @Override
          public void drain() {
            vtysh(Stream.of("bgp graceful-shutdown"));
          }

          @Override
          public void withdrawShop() {
            inFamily(Stream.of("no network 10.32.1.10/32"));
          }

          private void inFamily(Stream<String> lines) {
            vtysh(Stream.concat(Stream.of("address-family ipv4 unicast"), lines));
          }

          private void vtysh(Stream<String> lines) {
            List<String> command =
                new ArrayList<>(List.of("/usr/bin/vtysh", "--vty_socket", dir.toString()));
            Stream.concat(Stream.of("configure terminal", "router bgp 65010"), lines)
                .forEach(line -> command.addAll(List.of("-c", line)));
            host.must(command.toArray(String[]::new));
          }
        });
  }

  @Test
  void gobgp() {
    LabRequirements.require("gobgp");
    Path config = file("gobgpd.toml", block("gobgpd.toml"));
    lifeOf(
        new Daemon() {
          @Override
          public LabProcess start() {
            LabProcess started =
                host.start(
                    "gobgpd",
                    dir,
                    List.of(
                        "/usr/bin/gobgpd",
                        "-f",
                        config.toString(),
                        "--api-hosts",
                        "127.0.0.1:50051",
                        "--pprof-disable"));
            Await.until(
                "GoBGP answers",
                () -> host.run("gobgp", "neighbor").contains("10.0.0.1"),
                started::output);
            block("gobgp.sh").lines().forEach(this::say);
            return started;
          }

          private void say(String line) {
            host.must(line.split(" "));
          }

          @Override
          public void leak() {
            LEAK.forEach(prefix -> say("gobgp global rib add " + prefix + " nexthop 10.0.0.7"));
          }

          @Override
          public void drain() {
            block("gobgp.sh").lines().forEach(line -> say(line + " community 65535:0"));
          }

          @Override
          public void withdrawShop() {
            say("gobgp global rib del 10.32.1.10/32");
          }
        });
  }

  @Test
  void openbgpd() {
    LabRequirements.require("openbgpd");
    String socket = dir + "/bgpd.sock";
    String page = block("bgpd.conf") + "socket \"" + socket + "\"\n";
    String drained =
        page.replace("set metric 100", "set { metric 100 community GRACEFUL_SHUTDOWN }");
    String leak = String.join("", LEAK.stream().map(p -> "network " + p + "\n").toList());
    Path config = file("bgpd.conf", page);
    String start =
        "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -v -f "
            + config;
    lifeOf(
        new Daemon() {
          @Override
          public LabProcess start() {
            return host.start("openbgpd", dir, List.of("sh", "-c", start));
          }

          @Override
          public void leak() {
            reload(page + leak);
          }

          @Override
          public void drain() {
            reload(drained);
          }

          @Override
          public void withdrawShop() {
            reload(drained.replaceFirst("network 10.32.1.10/32 .*\n", ""));
          }

          private void reload(String text) {
            file("bgpd.conf", text);
            host.must("/usr/sbin/bgpctl", "-s", socket, "reload");
          }
        });
  }

  @Test
  void exabgpWithItsOwnHealthCheck() throws IOException {
    LabRequirements.require("exabgp");
    String leak =
        "process leak { run /bin/sh -c \""
            + String.join(
                "",
                LEAK.stream().map(p -> "echo announce route " + p + " next-hop self; ").toList())
            + "sleep 600\"; encoder text; }\n";
    Path config =
        file(
            "exabgp.conf",
            block("exabgp.conf")
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
    LabProcess shop = backend(8080);
    LabProcess api = backend(8081);
    LabProcess exabgp = host.start("exabgp", dir, command);
    nyc.awaitServices("both services, or " + exabgp.output(), route(SHOP, "UP"), route(API, "UP"));
    Await.until(
        "the leak is refused",
        () -> refusals() >= before + LEAK.size(),
        () -> fra.tell("show", "refused") + exabgp.output());

    Path disabled = Files.writeString(dir.resolve("shop.disabled"), "");
    String draining = "10.32.1.10 via 10.32.0.1 DRAINING tier 3";
    nyc.awaitServices("MED 500 drains", draining, route(API, "UP"));
    Files.delete(disabled);
    nyc.awaitServices("enabled again", route(SHOP, "UP"), route(API, "UP"));

    shop.kill9();
    nyc.awaitServices("MED 1000 is down", route(API, "UP"));
    api.kill9();
    nyc.awaitServices("a withdrawal is down");
    assertThat(fra.tell("show", "peers"))
        .containsPattern("web7 +service +[0-9]+ +\\S+ +established");

    shop = backend(8080);
    nyc.awaitServices("the backend is back", route(SHOP, "UP"));
    exabgp.kill9();
    nyc.awaitServices("a dead ExaBGP says nothing");
    LabProcess again = host.start("exabgp", dir, command);
    nyc.awaitServices("and is heard again, or " + again.output(), route(SHOP, "UP"));
    again.kill9();
    shop.close();
  }

  private LabProcess backend(int port) {
    return host.start(
        "backend" + port,
        dir,
        List.of("/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "" + port));
  }

  @Test
  void twoHostsSpeakForOneServiceAndOneOfThemByIbgp() {
    LabRequirements.require("bird");
    String page = block("bird.conf");
    Path seven = file("seven.conf", page);
    Path eight =
        file(
            "eight.conf",
            page.replace("10.0.0.7", "10.0.0.8")
                .replace("65010", "4200000000")
                .replace("  password \"swordfish\";\n  ttl security on;\n", "")
                .replace("bgp_med = 100", "bgp_med = 300")
                .replace("  route 10.32.1.11/32 blackhole;\n", ""));
    try (NetworkNamespace second = host("web8", "10.0.0.8/24")) {
      fraHost.must("ip", "route", "replace", "10.0.0.8/32", "dev", link("web8"));
      fraHost.must("ip", "route", "replace", "10.0.0.7/32", "dev", link("web7"));
      LabProcess by8 =
          second.start(
              "eight",
              dir,
              List.of("/usr/sbin/bird", "-f", "-c", "" + eight, "-s", dir + "/8.ctl"));
      nyc.awaitServices(
          "iBGP, tier by MED, or " + by8.output(), "10.32.1.10 via 10.32.0.1 UP tier 2");
      LabProcess by7 =
          host.start(
              "seven",
              dir,
              List.of("/usr/sbin/bird", "-f", "-c", "" + seven, "-s", dir + "/7.ctl"));
      nyc.awaitServices("the better word counts", route(SHOP, "UP"), route(API, "UP"));
      assertThat(fra.tell("show", "services"))
          .contains("the best of 2 hosts", "web8 (established) says UP tier 2 by MED 300");
      by7.kill9();
      nyc.awaitServices("up while any is", "10.32.1.10 via 10.32.0.1 UP tier 2");
      fra.tell("drain", "service", "shop");
      nyc.awaitServices("the node drains it", "10.32.1.10 via 10.32.0.1 DRAINING tier 2");
      fra.tell("undrain", "service", "shop");
      by8.kill9();
    }
  }
}
