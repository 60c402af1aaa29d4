package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cli.Main;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as a process that may have few file descriptors, and more clients than that. */
class DescriptorLimitTest {
  private static final int DESCRIPTORS = 400;
  private static final InetSocketAddress HTTP =
      new InetSocketAddress(InetAddress.ofLiteral("127.98.8.1"), 7412);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Many intervals of the probe below. */
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  @TempDir Path folder;
  private final List<Socket> clients = new ArrayList<>();
  private ServerSocket backend;
  private NodeProcess node;

  @BeforeEach
  void aNodeWithAService() throws IOException {
    backend = new ServerSocket(0, 0, InetAddress.ofLiteral("127.98.8.2"));
    Thread.ofVirtual().start(this::acceptAll);
    NodeFiles.write(folder, "shop");
    Path config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.98.8.1:7411"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge: {listen: [{address: "127.98.8.1:7412"}]}
            services:
              shop:
                identity: 10.32.1.1
                hosts: [shop.test]
                backends: ["http://127.98.8.2:%d"]
                probe: {tcp: true, interval: 200ms, timeout: 200ms, fall: 2}
            admin: {socket: node.sock}
            """
                .formatted(backend.getLocalPort()));
    node = NodeProcess.startWithDescriptors(DESCRIPTORS, config);
    Await.until(PATIENCE, "the service is up", this::isUp, node::log);
  }

  private void acceptAll() {
    try {
      while (true) {
        backend.accept().close();
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    node.close();
    backend.close();
  }

  private boolean isUp() {
    StringWriter out = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out),
            new PrintWriter(new StringWriter()),
            "--socket",
            folder.resolve("node.sock").toString(),
            "show",
            "services",
            "--json");
    return code == 0 && out.toString().contains("\"signal\":\"UP\"");
  }

  @Test
  void moreClientsThanDescriptorsTakeNoServiceDownAndLeaveTheAdminSocketAlone() throws IOException {
    for (int i = 0; i < DESCRIPTORS; i++) {
      Socket client = new Socket();
      client.connect(HTTP);
      clients.add(client);
    }
    Await.holdsFor(A_WHILE, "shop is up and the admin socket answers", this::isUp, node::log);
    assertThat(node.log()).contains("is what the limit of file descriptors allows");
  }
}
