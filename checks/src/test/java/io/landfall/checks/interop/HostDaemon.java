package io.landfall.checks.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One daemon of a service host, in the hands of its operator. */
interface HostDaemon {
  /** What no service host may announce. */
  List<String> LEAK =
      List.of("0.0.0.0/0", "10.32.1.0/24", "10.32.1.99/32", "10.32.1.12/32", "10.32.0.2/32");

  /** Starts it; it announces what the page says. */
  ChildProcess start();

  /** Announces {@link #LEAK} besides. */
  void leak();

  /** Announces its services as draining. */
  void drain();

  /** Withdraws the service shop. */
  void withdrawShop();

  /** BIRD, as the page configures it. */
  static HostDaemon bird(NetworkNamespace host, Path dir) {
    String page = GuidePage.SERVICE_HOSTS.block("bird.conf");
    Path config = GuidePage.writePrivate(dir.resolve("bird.conf"), page);
    String socket = dir + "/bird.ctl";
    String leak =
        "protocol static leak { ipv4; "
            + String.join("", LEAK.stream().map(p -> "route " + p + " blackhole; ").toList())
            + "}\n";
    return new HostDaemon() {
      @Override
      public ChildProcess start() {
        return host.start(
            "bird", dir, List.of("/usr/sbin/bird", "-f", "-c", config.toString(), "-s", socket));
      }

      @Override
      public void leak() {
        GuidePage.writePrivate(dir.resolve("bird.conf"), page + leak);
        birdc("configure");
      }

      @Override
      public void drain() {
        GuidePage.writePrivate(
            dir.resolve("bird.conf"), page.replace("draining = false", "draining = true"));
        birdc("configure");
      }

      @Override
      public void withdrawShop() {
        GuidePage.writePrivate(
            dir.resolve("bird.conf"),
            page.replace("draining = false", "draining = true")
                .replace("  route 10.32.1.10/32 blackhole;\n", ""));
        birdc("configure");
      }

      private void birdc(String command) {
        assertThat(host.run("/usr/sbin/birdc", "-s", socket, command)).contains("Reconfig");
      }
    };
  }

  /** FRR, as the page configures it. */
  static HostDaemon frr(NetworkNamespace host, Path dir) {
    Path config =
        GuidePage.writePrivate(dir.resolve("frr.conf"), GuidePage.SERVICE_HOSTS.block("frr.conf"));
    String common =
        " -u root -g root --skip_runas --vty_socket " + dir + " -z " + dir + "/z.api -f " + config;
    String start =
        "for d in zebra bgpd; do /usr/lib/frr/$d -i " + dir + "/$d.pid" + common + " & done; wait";
    return new HostDaemon() {
      @Override
      public ChildProcess start() {
        // A process namespace for the daemons, so that ending its first process ends them all.
        return host.start(
            "frr", dir, List.of("unshare", "--fork", "--pid", "--kill-child", "bash", "-c", start));
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
    };
  }

  /** GoBGP, as the page configures it. */
  static HostDaemon gobgp(NetworkNamespace host, Path dir) {
    Path config =
        GuidePage.writePrivate(
            dir.resolve("gobgpd.toml"), GuidePage.SERVICE_HOSTS.block("gobgpd.toml"));
    return new HostDaemon() {
      @Override
      public ChildProcess start() {
        ChildProcess started =
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
        GuidePage.SERVICE_HOSTS.block("gobgp.sh").lines().forEach(this::say);
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
        GuidePage.SERVICE_HOSTS
            .block("gobgp.sh")
            .lines()
            .forEach(line -> say(line + " community 65535:0"));
      }

      @Override
      public void withdrawShop() {
        say("gobgp global rib del 10.32.1.10/32");
      }
    };
  }

  /** OpenBGPD, as the page configures it. */
  static HostDaemon openbgpd(NetworkNamespace host, Path dir) {
    String socket = dir + "/bgpd.sock";
    String page = GuidePage.SERVICE_HOSTS.block("bgpd.conf") + "socket \"" + socket + "\"\n";
    String drained =
        page.replace("set metric 100", "set { metric 100 community GRACEFUL_SHUTDOWN }");
    String leak = String.join("", LEAK.stream().map(p -> "network " + p + "\n").toList());
    Path config = GuidePage.writePrivate(dir.resolve("bgpd.conf"), page);
    String start =
        "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -v -f "
            + config;
    return new HostDaemon() {
      @Override
      public ChildProcess start() {
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
        GuidePage.writePrivate(dir.resolve("bgpd.conf"), text);
        host.must("/usr/sbin/bgpctl", "-s", socket, "reload");
      }
    };
  }
}
