package io.landfall.checks.lab;

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

/**
 * FRR as an upstream router with BFD: its bgpd asks its bfdd through its zebra, so all three run.
 * They take a user of their own, whom the folder must let in: bfdd and zebra know no way around it.
 */
final class FrrBfd implements BfdUpstreamLab.Router {
  private final NetworkNamespace namespace;
  private final Path dir;
  private final List<ChildProcess> daemons = new ArrayList<>();

  /** Starts the three and waits until bgpd answers. */
  FrrBfd(NetworkNamespace namespace, Path folder, int multiplier, int intervalMillis) {
    this.namespace = namespace;
    try {
      this.dir = Files.createDirectories(folder.resolve("frr"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open(folder);
    open(dir);
    start("zebra", List.of(), List.of());
    Await.until("zebra answers", () -> Files.exists(dir.resolve("zserv.api")), this::log);
    start("bfdd", List.of(), List.of("--bfdctl", dir.resolve("bfdd.sock").toString()));
    start(
        "bgpd",
        List.of(
            "router bgp 64500",
            " bgp router-id 192.0.2.1",
            " no bgp ebgp-requires-policy",
            " neighbor 192.0.2.2 remote-as 64496",
            " neighbor 192.0.2.2 timers connect 1",
            " neighbor 192.0.2.2 bfd " + multiplier + " " + intervalMillis + " " + intervalMillis),
        List.of());
    Await.until("FRR answers", () -> ask("show bgp summary").contains("192.0.2.2"), this::log);
  }

  private static void open(Path path) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start(String daemon, List<String> config, List<String> more) {
    Path file = UpstreamRouter.write(dir.resolve(daemon + ".conf"), config);
    open(file);
    List<String> command =
        new ArrayList<>(List.of("/usr/lib/frr/" + daemon, "-u", "frr", "-g", "frr"));
    command.addAll(List.of("-f", file.toString(), "-i", dir.resolve(daemon + ".pid").toString()));
    command.addAll(List.of("--vty_socket", dir.toString(), "-A", "127.0.0.1", "--log", "stdout"));
    command.addAll(List.of("-z", dir.resolve("zserv.api").toString()));
    command.addAll(more);
    daemons.add(namespace.start(daemon, dir, command));
  }

  private String ask(String command) {
    return namespace.run("/usr/bin/vtysh", "--vty_socket", dir.toString(), "-c", command);
  }

  @Override
  public String sessions() {
    return ask("show bfd peers");
  }

  @Override
  public boolean isBfdUp() {
    return sessions().contains("Status: up");
  }

  @Override
  public boolean hasRoute(String prefix) {
    return ask("show bgp ipv4 unicast " + prefix).contains("64496");
  }

  @Override
  public String log() {
    StringBuilder all = new StringBuilder();
    daemons.forEach(each -> all.append(each.output()));
    return all.toString();
  }
}
