package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cli.Main;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as a process whose log nobody reads: its standard error is a pipe that is full. */
class UnreadLogTest {
  private static final String ADDRESS = "127.98.19.1";
  private static final int CLIENTS = 7422;
  private static final int METRICS = 7423;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private ServerSocket backend;
  private NodeProcess node;

  @BeforeEach
  void aNodeWithAService() throws IOException {
    backend = new ServerSocket(0, 0, InetAddress.ofLiteral("127.98.19.2"));
    Thread.ofVirtual().start(this::answerAll);
    NodeFiles.write(folder, "shop");
    Path config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.98.19.1:7421"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge: {listen: [{address: "127.98.19.1:7422"}]}
            services:
              shop:
                identity: 10.32.1.1
                hosts: [shop.test]
                backends: ["http://127.98.19.2:%d"]
                probe: {tcp: true, interval: 200ms, timeout: 200ms}
            admin: {socket: node.sock, metrics: "127.98.19.1:7423"}
            log: {level: debug}
            """
                .formatted(backend.getLocalPort()));
    node = NodeProcess.startWithFullErrors(folder.resolve("errors"), config);
    Await.until(
        PATIENCE, "it serves", () -> get(CLIENTS, "shop.test", "/").contains(" 200 "), node::log);
  }

  private void answerAll() {
    try {
      while (true) {
        try (Socket one = backend.accept()) {
          if (one.getInputStream().read() >= 0) {
            one.getOutputStream()
                .write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
          }
        }
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    backend.close();
  }

  private static String get(int port, String host, String path) {
    try (Socket socket = new Socket(ADDRESS, port)) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(path, host)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private int command(String... words) {
    String[] all = new String[words.length + 2];
    all[0] = "--socket";
    all[1] = folder.resolve("node.sock").toString();
    System.arraycopy(words, 0, all, 2, words.length);
    return Main.run(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), all);
  }

  private static String rest(InputStream in) {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each of these is a line of the log, or several. */
  private void changes() {
    for (int i = 0; i < 20; i++) {
      assertThat(command("drain", "service", "shop")).isZero();
      assertThat(command("undrain", "service", "shop")).isZero();
      assertThat(get(CLIENTS, "shop.test", "/")).contains(" 200 ");
    }
  }

  @Test
  void itServesIsSteeredAndStops() {
    changes();
    assertThat(get(METRICS, "localhost", "/metrics")).contains("landfall_log_lines_lost_total 0");
    node.signal("TERM");
    assertThat(node.exitCode()).isZero();
  }

  @Test
  void whoReadsItLaterHasEveryLine() throws IOException {
    changes();
    try (InputStream errors = Files.newInputStream(folder.resolve("errors"))) {
      CompletableFuture<String> read =
          CompletableFuture.supplyAsync(
              () -> rest(errors), each -> Thread.ofPlatform().daemon().start(each));
      node.signal("TERM");
      assertThat(node.exitCode()).isZero();
      assertThat(read.join())
          .startsWith("\0".repeat(4_096))
          .containsSubsequence("\"node up\"", "\"node down\"")
          .doesNotContain("lines lost")
          .endsWith("\n");
    }
  }
}
