package io.landfall.checks.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.LabRequirements;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a request ends, as a node, nginx, HAProxy and h2o see it: each has a backend behind it that
 * records what it was asked.
 */
class FramingPeersLab {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Path PAGE = Path.of("../docs/not-bugs.md");

  /** What a node takes and others do not, or read differently; the page tells why. */
  private static final List<String> EXPLAINED =
      List.of(
          "Content-Length: 5 behind a tab and before blanks",
          "two empty lines first",
          "a method in lower case",
          "Transfer-Encoding named by Connection",
          "the absolute form");

  /** By how many of the others in all. */
  private static final int EXPLAINED_PAIRS = 7;

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private FramingBackend backend() {
    FramingBackend made = new FramingBackend();
    open.add(made);
    return made;
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private FramingPeer started(String name, int host, FramingBackend backend, String... command)
      throws IOException {
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    open.add(
        () -> {
          process.destroy();
          process.waitFor();
        });
    return new FramingPeer(name, address(host), backend);
  }

  private static InetSocketAddress address(int host) {
    return new InetSocketAddress("127.98.9." + host, 8_080);
  }

  private FramingPeer landfall() throws IOException {
    FramingBackend backend = backend();
    NodeFiles.write(folder, "a");
    Path config =
        write(
            "node.yaml",
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.98.9.1:8443"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge:
              listen: [{address: "127.98.9.1:8080"}]
              limits: {header-timeout: 1s, idle-timeout: 1s, body-timeout: 1s}
            services:
              a: {identity: 10.32.1.1, hosts: [a.test], backends: ["http://127.0.0.1:%d"]}
            admin: {socket: node.sock}
            """
                .formatted(backend.port()));
    NodeProcess node = NodeProcess.start(config);
    open.add(node);
    return new FramingPeer("landfall", address(1), backend);
  }

  private FramingPeer nginx() throws IOException {
    FramingBackend backend = backend();
    Path config =
        write(
            "nginx.conf",
            """
            daemon off;
            pid %1$s/nginx.pid;
            error_log %1$s/nginx.err;
            worker_processes 1;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/n1; proxy_temp_path %1$s/n2; fastcgi_temp_path %1$s/n3;
              uwsgi_temp_path %1$s/n4; scgi_temp_path %1$s/n5;
              client_header_timeout 1s; client_body_timeout 1s; keepalive_timeout 1s;
              lingering_timeout 1s;
              upstream a { server 127.0.0.1:%2$d; keepalive 4; }
              server {
                listen 127.98.9.2:8080;
                location / { proxy_pass http://a; proxy_http_version 1.1; proxy_set_header Connection ""; }
              }
            }
            """
                .formatted(folder, backend.port()));
    return started("nginx", 2, backend, "/usr/sbin/nginx", "-c", config.toString());
  }

  private FramingPeer haproxy() throws IOException {
    FramingBackend backend = backend();
    Path config =
        write(
            "haproxy.cfg",
            """
            defaults
              mode http
              timeout connect 1s
              timeout client 1s
              timeout server 5s
              timeout http-request 1s
              timeout http-keep-alive 1s
            listen a
              bind 127.98.9.3:8080
              server a 127.0.0.1:%d
            """
                .formatted(backend.port()));
    return started("haproxy", 3, backend, "/usr/sbin/haproxy", "-f", config.toString());
  }

  private FramingPeer h2o() throws IOException {
    FramingBackend backend = backend();
    Path config =
        write(
            "h2o.conf",
            """
            num-threads: 1
            http1-request-timeout: 1
            listen: {host: 127.98.9.4, port: 8080}
            hosts:
              default:
                paths:
                  /: {proxy.reverse.url: "http://127.0.0.1:%d/", proxy.preserve-host: ON}
            """
                .formatted(backend.port()));
    return started("h2o", 4, backend, "/usr/bin/h2o", "-c", config.toString());
  }

  private static void await(FramingPeer peer) {
    Await.until(
        PATIENCE,
        peer.name() + " serves",
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(peer.address(), 1_000);
            return true;
          } catch (IOException e) {
            return false;
          }
        },
        peer::toString);
    Await.until(
        PATIENCE,
        peer.name() + " asks its backend",
        () -> peer.send("GET /case HTTP/1.1\r\nHost: a.test\r\n\r\n").asked().size() == 2,
        () -> peer.send("GET /case HTTP/1.1\r\nHost: a.test\r\n\r\n"));
  }

  private static SequencedMap<String, FramingPeer.Seen> all(FramingPeer peer) {
    SequencedMap<String, FramingPeer.Seen> seen = new LinkedHashMap<>();
    FramingCases.all().forEach((name, bytes) -> seen.put(name, peer.send(bytes)));
    return seen;
  }

  @Test
  void aNodeTakesNoRequestThatOthersReadDifferently() throws Exception {
    LabRequirements.require("nginx", "haproxy", "h2o");
    List<FramingPeer> peers = List.of(landfall(), nginx(), haproxy(), h2o());
    peers.forEach(FramingPeersLab::await);
    Map<String, Map<String, FramingPeer.Seen>> seen = new LinkedHashMap<>();
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Future<SequencedMap<String, FramingPeer.Seen>>> running = new LinkedHashMap<>();
      peers.forEach(peer -> running.put(peer.name(), each.submit(() -> all(peer))));
      for (Map.Entry<String, Future<SequencedMap<String, FramingPeer.Seen>>> one :
          running.entrySet()) {
        seen.put(one.getKey(), one.getValue().get());
      }
    }
    Map<String, FramingPeer.Seen> ours = requireNonNull(seen.remove("landfall"));
    List<String> unexplained = new ArrayList<>();
    List<String> explained = new ArrayList<>();
    ours.forEach(
        (name, node) ->
            seen.forEach(
                (peer, of) -> {
                  FramingPeer.Seen other = requireNonNull(of.get(name));
                  if (!node.isRefused() && !node.isReadAlike(other)) {
                    (EXPLAINED.contains(name) ? explained : unexplained)
                        .add(name + ": " + node + ", " + peer + ": " + other);
                  }
                }));
    assertThat(unexplained).isEmpty();
    assertThat(explained).as("what is explained, and differs no more").hasSize(EXPLAINED_PAIRS);
    assertThat(Files.readString(PAGE)).contains(EXPLAINED);
    aNodeRefusesWhatSomeOfThemTake(ours, seen);
  }

  /** What the comparison is worth: it does see requests that others take, and where they end. */
  private static void aNodeRefusesWhatSomeOfThemTake(
      Map<String, FramingPeer.Seen> ours, Map<String, Map<String, FramingPeer.Seen>> others) {
    for (String name :
        List.of(
            "Transfer-Encoding and Content-Length",
            "Transfer-Encoding in HTTP/1.0",
            "two Hosts",
            "a bare LF behind a chunk size",
            "a folded line")) {
      assertThat(of(ours, name).isRefused()).as(name).isTrue();
      assertThat(others.values()).as(name).anyMatch(seen -> !of(seen, name).isRefused());
    }
    // h2o 2.2.5 takes this one's size for 0, and the rest for a request.
    assertThat(of(others.getOrDefault("h2o", Map.of()), "chunk size '0x5'").asked())
        .startsWith("POST /case");
    assertThat(of(ours, "POST in chunks").asked())
        .containsExactly("POST /case with hello", "GET /end");
  }

  private static FramingPeer.Seen of(Map<String, FramingPeer.Seen> seen, String name) {
    return requireNonNull(seen.get(name), name);
  }
}
