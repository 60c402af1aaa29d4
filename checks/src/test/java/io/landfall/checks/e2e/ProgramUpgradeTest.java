package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node below a service manager that is asked to go on as the installed program. */
class ProgramUpgradeTest {
  private static final InetSocketAddress CLIENTS =
      new InetSocketAddress(InetAddress.ofLiteral("127.98.17.1"), 7602);
  private static final String MANAGER = "landfall-upgrade-test-" + ProcessHandle.current().pid();

  @Test
  void itStartsTheProgramAndNamesTheProcessThatHasTakenOver(@TempDir Path folder)
      throws IOException {
    NodeFiles.write(folder, "shop");
    Path config;
    try (StreamingOrigin origin = new StreamingOrigin(InetAddress.ofLiteral("127.98.17.11"))) {
      config =
          Files.writeString(
              folder.resolve("node.yaml"),
              """
              node: {name: fra, identity: 10.32.0.1}
              overlay: {block: 10.32.0.0/23, listen: "127.98.17.1:7601"}
              trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
              edge: {listen: [{address: "127.98.17.1:7602"}]}
              admin: {socket: node.sock}
              services:
                shop: {identity: 10.32.1.10, hosts: [shop.test], backends: ["%s"], probe: {tcp: true}}
              """
                  .formatted(origin.url()));
      Path program =
          Files.writeString(
              folder.resolve("program"),
              "#!/bin/sh\nexec '"
                  + String.join("' '", TestJvm.small(96, "io.landfall.cli.Main"))
                  + "' \"$@\"\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
      try (NotifySocket manager = NotifySocket.open(MANAGER)) {
        upgrade(config, program, manager);
      }
    }
  }

  private static void upgrade(Path config, Path program, NotifySocket manager) {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", manager.address(), "LANDFALL_COMMAND", program.toString());
    try (NodeProcess node = NodeProcess.start(config, environment)) {
      Await.until(
          Duration.ofSeconds(90), "READY=1", () -> manager.sent().contains("READY=1"), node::log);
      try (TakeoverClients clients = new TakeoverClients()) {
        clients.start(CLIENTS, "shop.test");
        Await.until("clients are served", () -> clients.answered.get() > 10, node::log);
        node.signal("WINCH");
        Await.until(
            Duration.ofSeconds(90), "MAINPID", () -> manager.mainPid().isPresent(), node::log);
        assertThat(node.exitCode()).isZero();
        long answered = clients.answered.get();
        Await.until("its successor serves", () -> clients.answered.get() > answered + 10);
        clients.stop();
        assertThat(clients.failures).as(node.log()).isEmpty();
      }
      ProcessHandle successor = ProcessHandle.of(manager.mainPid().orElseThrow()).orElseThrow();
      assertThat(manager.sent()).as("the node does not stop").doesNotContain("STOPPING=1");
      successor.destroy();
      successor.onExit().join();
      assertThat(manager.sent()).contains("STOPPING=1");
    } finally {
      manager.mainPid().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy));
    }
  }
}
