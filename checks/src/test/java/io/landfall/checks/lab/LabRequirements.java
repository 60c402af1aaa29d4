package io.landfall.checks.lab;

import io.landfall.lab.host.Command;
import io.landfall.testkit.SkippedLab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What a lab needs from the machine; one that has it not is a {@link SkippedLab}. */
public final class LabRequirements {
  private static final Map<String, Supplier<List<String>>> PROBES = probes();

  private LabRequirements() {}

  /**
   * Skips or fails the calling test unless all of these are there: {@code ip-netns-root}, {@code
   * bird}, {@code frr}, {@code gobgp}, {@code openbgpd}, {@code exabgp}, {@code openssl}, {@code
   * nginx}, {@code haproxy}, {@code scapy}, {@code nft}, {@code python3}, {@code curl}, {@code
   * tshark}, {@code bgpdump}, {@code tcp-md5}, {@code dpkg}, {@code systemd-analyze}, {@code man},
   * {@code npm}, {@code testssl}, {@code chromium}, {@code h2o}, {@code prometheus}, {@code
   * pebble}, {@code crun}, {@code logrotate}.
   */
  public static void require(String... names) {
    List<String> missing = missing(names);
    if (missing.isEmpty()) {
      return;
    }
    SkippedLab.decide(caller(), missing);
  }

  /** What is missing of these, with the reason for each; empty when all are there. */
  static List<String> missing(String... names) {
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      Supplier<List<String>> probe = PROBES.get(name);
      if (probe == null) {
        throw new IllegalArgumentException(
            "no requirement is called '" + name + "'; there are " + PROBES.keySet());
      }
      missing.addAll(probe.get());
    }
    return missing;
  }

  private static String caller() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(f -> !f.getClassName().equals(LabRequirements.class.getName()))
                    .findFirst()
                    .map(f -> f.getClassName() + "." + f.getMethodName())
                    .orElse("an unknown test"));
  }

  private static Map<String, Supplier<List<String>>> probes() {
    Map<String, Supplier<List<String>>> probes = new TreeMap<>();
    probes.put("ip-netns-root", LabRequirements::namespaces);
    probes.put("tcp-md5", LabRequirements::tcpMd5);
    probes.put("bird", () -> programs("bird2", "/usr/sbin/bird", "/usr/sbin/birdc"));
    probes.put("frr", () -> programs("frr", "/usr/lib/frr/bgpd", "/usr/bin/vtysh"));
    probes.put("gobgp", () -> programs("gobgpd", "/usr/bin/gobgpd", "/usr/bin/gobgp"));
    probes.put("openbgpd", () -> programs("openbgpd", "/usr/sbin/bgpd", "/usr/sbin/bgpctl"));
    probes.put("exabgp", () -> programs("exabgp", "/usr/sbin/exabgp"));
    probes.put("openssl", () -> programs("openssl", "/usr/bin/openssl"));
    probes.put("nginx", () -> programs("nginx", "/usr/sbin/nginx"));
    probes.put("haproxy", () -> programs("haproxy", "/usr/sbin/haproxy"));
    probes.put("h2o", () -> programs("h2o", "/usr/bin/h2o"));
    probes.put("curl", () -> programs("curl", "/usr/bin/curl"));
    probes.put("nft", () -> programs("nftables", "/usr/sbin/nft"));
    probes.put("python3", () -> programs("python3", "/usr/bin/python3"));
    probes.put("bgpdump", () -> programs("bgpdump", "/usr/bin/bgpdump"));
    probes.put("logrotate", () -> programs("logrotate", "/usr/sbin/logrotate"));
    probes.put("crun", () -> programs("crun", "/usr/bin/crun"));
    probes.put("dpkg", () -> programs("dpkg", "/usr/bin/dpkg-deb"));
    probes.put("systemd-analyze", () -> programs("systemd", "/usr/bin/systemd-analyze"));
    probes.put("npm", () -> programs("nodejs npm", "/usr/bin/node", "/usr/bin/npm"));
    probes.put("testssl", () -> programs("testssl.sh", "/usr/bin/testssl"));
    probes.put("chromium", () -> programs("chromium", "/usr/bin/chromium"));
    probes.put(
        "prometheus", () -> programs("prometheus", "/usr/bin/prometheus", "/usr/bin/promtool"));
    probes.put(
        "pebble", () -> programs("pebble", "/usr/bin/pebble", "/usr/bin/pebble-challtestsrv"));
    probes.put("man", () -> programs("man-db", "/usr/bin/man"));
    probes.put("tshark", () -> programs("tshark", "/usr/bin/tshark"));
    probes.put("scapy", LabRequirements::scapy);
    return probes;
  }

  private static List<String> scapy() {
    return Command.run("/usr/bin/python3", "-c", "import scapy.contrib.bgp").succeeded()
        ? List.of()
        : List.of("no scapy for /usr/bin/python3 (apt-get install python3-scapy)");
  }

  private static List<String> programs(String debianPackage, String... paths) {
    List<String> missing = new ArrayList<>();
    for (String path : paths) {
      if (!Files.isExecutable(Path.of(path))) {
        missing.add("no " + path + " (apt-get install " + debianPackage + ")");
      }
    }
    return missing;
  }

  private static List<String> namespaces() {
    if (!Files.isExecutable(Path.of("/usr/sbin/ip")) && !Files.isExecutable(Path.of("/sbin/ip"))) {
      return List.of("no ip command (apt-get install iproute2)");
    }
    String name = "lf-probe-" + ProcessHandle.current().pid();
    Command.Ended added = Command.run("ip", "netns", "add", name);
    if (!added.succeeded()) {
      return List.of("cannot make network namespaces (run as root): " + added.text().strip());
    }
    Command.Ended used = Command.run("ip", "netns", "exec", name, "ip", "link", "set", "lo", "up");
    Command.run("ip", "netns", "delete", name);
    return used.succeeded()
        ? List.of()
        : List.of("cannot enter network namespaces: " + used.text().strip());
  }

  private static List<String> tcpMd5() {
    // The option is part of the kernel's TCP; the signing pool shows up only once it is in use.
    Path config = Path.of("/proc/config.gz");
    if (!Files.isReadable(config)) {
      return List.of();
    }
    String found =
        Command.run("sh", "-c", "zcat /proc/config.gz | grep -c ^CONFIG_TCP_MD5SIG=y").text();
    return found.strip().equals("0") ? List.of("the kernel was built without TCP MD5") : List.of();
  }
}
