package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** FRR's bgpd, without zebra, as an upstream router with GTSM. */
final class Frr implements UpstreamRouter {
  private final NetworkNamespace namespace;
  private final Path dir;
  private final ChildProcess process;

  Frr(Setup setup) {
    this.namespace = setup.namespace();
    this.dir = setup.dir();
    List<String> lines =
        new ArrayList<>(
            List.of(
                "router bgp 64500",
                " bgp router-id 192.0.2.1",
                " no bgp ebgp-requires-policy",
                " no bgp network import-check",
                " neighbor 192.0.2.2 remote-as 64496",
                " neighbor 192.0.2.2 password " + MD5_KEY,
                " neighbor 192.0.2.2 ttl-security hops 1",
                " address-family ipv4 unicast",
                "  network 0.0.0.0/0",
                "  network 203.0.113.0/24",
                " exit-address-family"));
    if (!setup.role().isEmpty()) {
      String strict = setup.strict() ? " strict-mode" : "";
      lines.add(7, " neighbor 192.0.2.2 local-role " + setup.role() + strict);
    }
    Path config =
        UpstreamRouter.write(
            dir.resolve("frr.conf"), setup.page().map(text -> text.lines().toList()).orElse(lines));
    process =
        namespace.start(
            "frr",
            dir,
            List.of(
                "/usr/lib/frr/bgpd",
                "--no_zebra",
                "--skip_runas",
                "-u",
                "root",
                "-g",
                "root",
                "-f",
                config.toString(),
                "-i",
                dir.resolve("frr.pid").toString(),
                "--vty_socket",
                dir.toString(),
                "-A",
                "127.0.0.1",
                "--log",
                "stdout"));
    Await.until(
        "FRR answers", () -> ask("show bgp summary").contains("192.0.2.2"), process::output);
  }

  private String ask(String command) {
    return namespace.run("/usr/bin/vtysh", "--vty_socket", dir.toString(), "-c", command);
  }

  @Override
  public String route(String prefix) {
    return ask("show bgp ipv4 unicast " + prefix);
  }

  @Override
  public String path(int times) {
    return "\n  " + String.join(" ", Collections.nCopies(times, "64496")) + "\n";
  }

  @Override
  public List<String> communityWords() {
    return List.of("64500:100", "64500:1:2");
  }

  @Override
  public ChildProcess process() {
    return process;
  }

  @Override
  public String gracefulShutdownWord() {
    return "graceful-shutdown";
  }

  @Override
  public String log() {
    return ask("show bgp neighbors 192.0.2.2") + process.output();
  }
}
