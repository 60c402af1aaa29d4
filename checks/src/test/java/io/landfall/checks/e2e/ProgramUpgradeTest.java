package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node below a service manager that is asked to go on as the installed program. */
class ProgramUpgradeTest {
  private static final InetSocketAddress CLIENTS =
      new InetSocketAddress(InetAddress.ofLiteral("127.98.17.1"), 7602);
  private static final String MANAGER = "landfall-upgrade-test-" + ProcessHandle.current().pid();
  private static final Pattern MAIN = Pattern.compile("MAINPID=(\\d+)\n");

  private final StringBuilder messages = new StringBuilder();

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
      Epoll.ensureAvailability();
      Socket manager = Socket.newSocketDomainDgram();
      manager.bind(new DomainSocketAddress("\0" + MANAGER));
      Map<String, String> environment =
          Map.of("NOTIFY_SOCKET", "@" + MANAGER, "LANDFALL_COMMAND", program.toString());
      try (NodeProcess node = NodeProcess.start(config, environment)) {
        Await.until(
            Duration.ofSeconds(90), "READY=1", () -> sent(manager).contains("READY=1"), node::log);
        try (TakeoverClients clients = new TakeoverClients()) {
          clients.start(CLIENTS, "shop.test");
          Await.until("clients are served", () -> clients.answered.get() > 10, node::log);
          node.signal("WINCH");
          Await.until(
              Duration.ofSeconds(90),
              "MAINPID",
              () -> MAIN.matcher(sent(manager)).find(),
              node::log);
          assertThat(node.exitCode()).isZero();
          long answered = clients.answered.get();
          Await.until("its successor serves", () -> clients.answered.get() > answered + 10);
          clients.stop();
          assertThat(clients.failures).as(node.log()).isEmpty();
        }
        Matcher main = MAIN.matcher(sent(manager));
        assertThat(main.find()).isTrue();
        ProcessHandle successor = ProcessHandle.of(Long.parseLong(main.group(1))).orElseThrow();
        assertThat(sent(manager)).as("the node does not stop").doesNotContain("STOPPING=1");
        successor.destroy();
        successor.onExit().join();
        assertThat(sent(manager)).contains("STOPPING=1");
      } finally {
        Matcher main = MAIN.matcher(sent(manager));
        if (main.find()) {
          ProcessHandle.of(Long.parseLong(main.group(1))).ifPresent(ProcessHandle::destroy);
        }
        manager.close();
      }
    }
  }

  /** What the manager was sent so far. */
  private String sent(Socket manager) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(512);
    try {
      for (var from = manager.recvFromDomainSocket(buffer, 0, 512);
          from != null;
          from = manager.recvFromDomainSocket(buffer, 0, 512)) {
        byte[] bytes = new byte[from.receivedAmount()];
        buffer.get(0, bytes);
        messages.append(new String(bytes, StandardCharsets.UTF_8)).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return messages.toString();
  }
}
