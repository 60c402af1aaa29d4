package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as a process, whose access log is moved away as logrotate does it, or has no room. */
class ReopenedLogTest {
  private static final String ADDRESS = "127.98.13.1";
  private static final int CLIENTS = 7422;
  private static final int METRICS = 7423;
  private static final int FILE_BYTES = 512 * 1024;

  @TempDir Path folder;

  private static String get(String address, int port, String path) {
    try (Socket socket = new Socket(address, port)) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean has(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path config() throws IOException {
    NodeFiles.write(folder);
    return Files.writeString(
        folder.resolve("node.yaml"),
        """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.98.13.1:7421"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge: {listen: [{address: "127.98.13.1:7422"}]}
            admin: {socket: node.sock, metrics: "127.98.13.1:7423"}
            access-log: {file: access.log}
            """);
  }

  @Test
  void usr1OpensItAnewAndNoLineIsLost() throws IOException {
    Path config = config();
    Path file = folder.resolve("access.log");
    Path moved = folder.resolve("access.log.1");
    try (NodeProcess node = NodeProcess.start(config)) {
      Await.until(
          Duration.ofSeconds(60),
          "it answers",
          () -> get(ADDRESS, CLIENTS, "/first").contains(" 421 "),
          node::log);
      Await.until("it is logged", () -> has(file, "\"target\":\"/first\""));
      Files.move(file, moved);
      node.signal("USR1");
      assertThat(get(ADDRESS, CLIENTS, "/second")).contains(" 421 ");
      Await.until("it is logged", () -> has(file, "\"target\":\"/second\""));
      assertThat(has(moved, "/second")).isFalse();
      assertThat(metrics())
          .contains("landfall_access_log_lines_total{result=\"written\"} ")
          .contains("landfall_access_log_lines_total{result=\"lost\"} 0")
          .contains("landfall_access_log_problem 0");
      assertThat(get(ADDRESS, CLIENTS, "/third")).contains(" 421 ");
      node.signal("TERM");
      assertThat(node.exitCode()).isZero();
    }
    assertThat(Files.readAllLines(file)).as("the last line was written").hasSize(2);
  }

  /** As on a disk that is full: a file of this process may not grow beyond so many bytes. */
  @Test
  void aDiskThatIsFullCostsLinesAndNoRequest() throws IOException {
    String target = "/" + "x".repeat(2_000);
    try (NodeProcess node = NodeProcess.startWithFileBytes(FILE_BYTES, config())) {
      Await.until(
          Duration.ofSeconds(60),
          "it answers",
          () -> get(ADDRESS, CLIENTS, "/first").contains(" 421 "),
          node::log);
      for (int i = 0; i < 2 * FILE_BYTES / 2_000; i++) {
        assertThat(get(ADDRESS, CLIENTS, target)).contains(" 421 ");
      }
      Await.until(
          "the problem is reported", () -> metrics().contains("landfall_access_log_problem 1"));
      Await.until("lines are lost", () -> !metrics().contains("result=\"lost\"} 0"), node::log);
      Files.delete(folder.resolve("access.log"));
      node.signal("USR1");
      assertThat(get(ADDRESS, CLIENTS, "/again")).contains(" 421 ");
      Await.until("it is logged", () -> has(folder.resolve("access.log"), "/again"), node::log);
      assertThat(metrics()).contains("landfall_access_log_problem 0");
    }
  }

  private static String metrics() {
    return get(ADDRESS, METRICS, "/metrics");
  }
}
