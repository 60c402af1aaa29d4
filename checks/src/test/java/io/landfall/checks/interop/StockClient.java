package io.landfall.checks.interop;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A routing daemon as a client of a Landfall reflector: it announces an identity of its own and one
 * service, and is asked what it has heard.
 */
final class StockClient {
  /** The service that all of them announce. */
  static final String SERVICE = "10.32.1.10";

  /** The daemons, in the order of their numbers: the first has identity 10.32.0.11. */
  enum Daemon {
    BIRD,
    FRR,
    GOBGP,
    OPENBGPD,
    EXABGP
  }

  private static final Pattern ROW =
      Pattern.compile("(10\\.32\\.\\d+\\.\\d+)/32\\s+(10\\.32\\.\\d+\\.\\d+|0\\.0\\.0\\.0)\\s");
  private static final Pattern NEXT = Pattern.compile("^[ *>=i]+\\s+(10\\.32\\.\\d+\\.\\d+)\\s");
  private static final Pattern BIRD_PREFIX = Pattern.compile("^(10\\.32\\.\\d+\\.\\d+)/32");
  private static final Pattern BIRD_HOP = Pattern.compile("next_hop: (\\S+)");
  private static final Pattern EXA =
      Pattern.compile("\"(announce|withdraw)\": \\{ \"ipv4 unicast\": ");
  private static final Pattern EXA_HOP = Pattern.compile("\"(10\\.32\\.\\d+\\.\\d+)\": \\[");
  private static final Pattern EXA_NLRI =
      Pattern.compile(
          "\"nlri\": \"(10\\.32\\.\\d+\\.\\d+)/32\", \"path-information\": \"([0-9.]+)\"");

  private final Daemon daemon;
  private final NetworkNamespace host;
  private final Path dir;
  private final String rr;
  private final String own;

  StockClient(Daemon daemon, NetworkNamespace host, Path dir, String rrAddress, String ownAddress) {
    this.daemon = daemon;
    this.host = host;
    this.dir = dir;
    this.rr = rrAddress;
    this.own = ownAddress;
  }

  Daemon daemon() {
    return daemon;
  }

  String name() {
    return daemon.name().toLowerCase(Locale.ROOT);
  }

  String identity() {
    return "10.32.0." + (11 + List.of(Daemon.values()).indexOf(daemon));
  }

  /** Starts the daemon; GoBGP has to be told its routes afterwards. */
  ChildProcess start() {
    ChildProcess started = host.start(name(), dir, command());
    if (daemon == Daemon.GOBGP) {
      Await.until(
          "GoBGP answers", () -> host.run("gobgp", "neighbor").contains(rr), started::output);
      host.run("gobgp", "global", "rib", "add", identity() + "/32", "nexthop", identity());
      host.run("gobgp", "global", "rib", "add", SERVICE + "/32", "nexthop", identity());
    }
    return started;
  }

  private List<String> command() {
    return switch (daemon) {
      case BIRD ->
          List.of(
              "/usr/sbin/bird",
              "-f",
              "-c",
              write("c-bird.conf", bird()),
              "-s",
              dir + "/c-bird.ctl");
      case GOBGP ->
          List.of(
              "/usr/bin/gobgpd",
              "-f",
              write("c-gobgpd.toml", gobgp()),
              "--api-hosts",
              "127.0.0.1:50051",
              "--pprof-disable");
      case OPENBGPD ->
          List.of(
              "sh",
              "-c",
              "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -f "
                  + write("c-bgpd.conf", openbgpd()));
      case FRR -> {
        String common =
            " -u root -g root --skip_runas --vty_socket "
                + dir
                + " -z "
                + dir
                + "/c-z.api -f "
                + write("c-frr.conf", frr());
        yield List.of(
            "unshare",
            "--fork",
            "--pid",
            "--kill-child",
            "bash",
            "-c",
            "for d in zebra staticd bgpd; do /usr/lib/frr/$d -i "
                + dir
                + "/c-$d.pid"
                + common
                + " & done; wait");
      }
      case EXABGP ->
          List.of(
              "env",
              "exabgp_daemon_user=root",
              "exabgp_api_cli=false",
              "/usr/sbin/exabgp",
              write("c-exabgp.conf", exabgp()));
    };
  }

  private String bird() {
    return """
    router id %1$s;
    protocol device {}
    ipv4 table igp4;
    protocol static { ipv4 { table igp4; }; route 10.32.0.0/23 via %3$s; }
    protocol static own { ipv4; route %1$s/32 blackhole; route %2$s/32 blackhole; }
    protocol bgp refl {
      local %4$s as 4200000000;
      neighbor %3$s as 4200000000;
      direct;
      connect delay time 1; error wait time 1, 2;
      password "swordfish";
      ttl security on;
      graceful restart off;
      ipv4 {
        import all;
        export filter { if proto = "own" then { bgp_next_hop = %1$s; accept; } reject; };
        add paths on;
        gateway recursive;
        igp table igp4;
      };
    }
    """
        .formatted(identity(), SERVICE, rr, own);
  }

  private String frr() {
    return """
    ip route 10.32.0.0/23 %3$s
    route-map mine permit 10
     set ip next-hop %1$s
    router bgp 4200000000
     bgp router-id %1$s
     no bgp network import-check
     bgp graceful-restart-disable
     neighbor %3$s remote-as 4200000000
     neighbor %3$s password swordfish
     neighbor %3$s ttl-security hops 1
     neighbor %3$s timers connect 1
     address-family ipv4 unicast
      network %1$s/32
      network %2$s/32
      neighbor %3$s route-map mine out
      neighbor %3$s addpath-tx-all-paths
     exit-address-family
    """
        .formatted(identity(), SERVICE, rr);
  }

  private String gobgp() {
    return """
    [global.config]
      as = 4200000000
      router-id = "%1$s"
    [[neighbors]]
      [neighbors.config]
        neighbor-address = "%2$s"
        peer-as = 4200000000
        auth-password = "swordfish"
      [neighbors.timers.config]
        connect-retry = 1
        idle-hold-time-after-reset = 1
      [neighbors.ttl-security.config]
        enabled = true
        ttl-min = 255
      [[neighbors.afi-safis]]
        [neighbors.afi-safis.config]
          afi-safi-name = "ipv4-unicast"
        [neighbors.afi-safis.add-paths.config]
          receive = true
    """
        .formatted(identity(), rr);
  }

  private String openbgpd() {
    return """
    AS 4200000000
    router-id %1$s
    socket "%4$s"
    fib-update no
    nexthop qualify via default
    network %1$s/32 set nexthop %1$s
    network %2$s/32 set nexthop %1$s
    neighbor %3$s {
      remote-as 4200000000
      announce add-path recv yes
      announce add-path send all
      announce restart no
      tcp md5sig password "swordfish"
    }
    allow from any
    allow to any
    """
        .formatted(identity(), SERVICE, rr, dir.resolve("c-bgpd.sock"));
  }

  private String exabgp() {
    write("c-updates.json", "");
    Path sink = Path.of(write("c-sink.sh", sinkScript()));
    permissions(sink, "rwx------");
    return """
    process sink {
      run %1$s;
      encoder json;
    }
    neighbor %4$s {
      router-id %2$s;
      local-address %5$s;
      local-as 4200000000;
      peer-as 4200000000;
      md5-password swordfish;
      capability { add-path receive; route-refresh enable; }
      family { ipv4 unicast; }
      static {
        route %2$s/32 next-hop %2$s local-preference 100;
        route %3$s/32 next-hop %2$s local-preference 100;
      }
      api { processes [ sink ]; receive { parsed; update; } neighbor-changes; }
    }
    """
        .formatted(sink, identity(), SERVICE, rr, own);
  }

  private String sinkScript() {
    return "#!/bin/sh\n: >%1$s\nwhile read -r line; do printf '%%s\\n' \"$line\" >>%1$s; done\n"
        .formatted(dir + "/c-updates.json");
  }

  /** What it has heard: {@code HOST by NEXT-HOP}, one for each path, in order. */
  SortedSet<String> heard() {
    return switch (daemon) {
      case BIRD ->
          birdRoutes(host.run("birdc", "-s", dir + "/c-bird.ctl", "show route protocol refl all"));
      case FRR ->
          rows(host.run("vtysh", "--vty_socket", dir.toString(), "-c", "show bgp ipv4 unicast"));
      case GOBGP -> rows(host.run("gobgp", "global", "rib"));
      case OPENBGPD ->
          rows(host.run("bgpctl", "-s", dir.resolve("c-bgpd.sock").toString(), "show", "rib"));
      case EXABGP -> exaRoutes();
    };
  }

  /** Tables in columns: a prefix and a next hop, or the next hop of one more path. */
  private SortedSet<String> rows(String text) {
    SortedSet<String> found = new TreeSet<>();
    String prefix = "";
    for (String line : text.lines().toList()) {
      Matcher row = ROW.matcher(line + " ");
      Matcher next = NEXT.matcher(line + " ");
      String hop = "";
      if (row.find()) {
        prefix = row.group(1);
        hop = row.group(2);
      } else if (!prefix.isEmpty() && next.find()) {
        hop = next.group(1);
      }
      if (!hop.isEmpty() && !hop.equals("0.0.0.0") && !hop.equals(identity())) {
        found.add(prefix + " by " + hop);
      }
    }
    return found;
  }

  private static SortedSet<String> birdRoutes(String text) {
    SortedSet<String> found = new TreeSet<>();
    String prefix = "";
    for (String line : text.lines().toList()) {
      Matcher start = BIRD_PREFIX.matcher(line);
      Matcher hop = BIRD_HOP.matcher(line);
      if (start.find()) {
        prefix = start.group(1);
      } else if (hop.find()) {
        found.add(prefix + " by " + hop.group(1));
      }
    }
    return found;
  }

  /** ExaBGP keeps no table: what was announced and not withdrawn, by path identifier. */
  private SortedSet<String> exaRoutes() {
    List<String> live = new ArrayList<>();
    Path updates = dir.resolve("c-updates.json");
    try {
      String text = Files.exists(updates) ? Files.readString(updates) : "";
      for (String line : text.lines().toList()) {
        if (line.contains("\"state\": \"down\"")) {
          live.clear();
        }
        Matcher part = EXA.matcher(line);
        while (part.find()) {
          String rest = line.substring(part.end());
          int end = rest.indexOf(part.group(1).equals("announce") ? "] }" : " ] ");
          String body = end < 0 ? rest : rest.substring(0, end);
          Matcher hop = EXA_HOP.matcher(body);
          String by = hop.find() ? hop.group(1) : "";
          Matcher nlri = EXA_NLRI.matcher(body);
          while (nlri.find()) {
            String key = nlri.group(1) + " " + nlri.group(2) + " ";
            live.removeIf(path -> path.startsWith(key));
            if (!by.isEmpty()) {
              live.add(key + by);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what ExaBGP heard", e);
    }
    SortedSet<String> found = new TreeSet<>();
    for (String path : live) {
      String[] words = path.split(" ");
      found.add(words[0] + " by " + words[2]);
    }
    return found;
  }

  private String write(String name, String text) {
    try {
      Path file = Files.writeString(dir.resolve(name), text);
      permissions(file, "rw-------");
      return file.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + name, e);
    }
  }

  private static void permissions(Path file, String permissions) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException("permissions of " + file, e);
    }
  }
}
