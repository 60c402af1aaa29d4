package io.landfall.checks.interop;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import java.nio.file.Path;
import java.util.List;

/** The routing daemons that may reflect, started with a configuration file as an operator would. */
enum StockReflector {
  BIRD("bird", "bird.conf", "bird6.conf"),
  FRR("frr", "frr.conf", "frr6.conf"),
  GOBGP("gobgp", "gobgpd.toml", "gobgpd6.toml"),
  OPENBGPD("openbgpd", "bgpd.conf", "bgpd6.conf");

  private final String requirement;
  private final String guide;
  private final String guideIpv6;

  StockReflector(String requirement, String guide, String guideIpv6) {
    this.requirement = requirement;
    this.guide = guide;
    this.guideIpv6 = guideIpv6;
  }

  /** Its name among the lab's requirements. */
  String requirement() {
    return requirement;
  }

  /** The block of the guide that holds its configuration. */
  String guide(boolean ipv6) {
    return ipv6 ? guideIpv6 : guide;
  }

  /** Starts it in a namespace, with what the guide asks of its host. */
  ChildProcess start(NetworkNamespace host, Path dir, Path config) {
    return host.start(requirement, dir, command(host, dir, config));
  }

  private List<String> command(NetworkNamespace host, Path dir, Path config) {
    return switch (this) {
      case BIRD ->
          List.of("/usr/sbin/bird", "-f", "-c", config.toString(), "-s", dir + "/bird.ctl");
      case GOBGP ->
          List.of(
              "/usr/bin/gobgpd",
              "-f",
              config.toString(),
              "--api-hosts",
              "127.0.0.1:50051",
              "--pprof-disable");
      case OPENBGPD -> {
        host.must("sysctl", "-qw", "net.ipv4.ip_default_ttl=255");
        host.must("sysctl", "-qw", "net.ipv6.conf.all.hop_limit=255");
        host.run("ip", "route", "add", "default", "via", "192.0.2.2");
        host.run("ip", "-6", "route", "add", "default", "via", "2001:db8:1::2");
        // It changes its root to /run/openbgpd, which is made in the namespace's own mounts.
        yield List.of(
            "sh",
            "-c",
            "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -v"
                + " -f "
                + config);
      }
      case FRR -> {
        // A process namespace for the three daemons, so that ending its first process ends all.
        String common =
            " -u root -g root --skip_runas --vty_socket "
                + dir
                + " -z "
                + dir
                + "/z.api -f "
                + config;
        String start =
            "for d in zebra staticd bgpd; do /usr/lib/frr/$d -i "
                + dir
                + "/$d.pid"
                + common
                + " & done; wait";
        yield List.of("unshare", "--fork", "--pid", "--kill-child", "bash", "-c", start);
      }
    };
  }
}
