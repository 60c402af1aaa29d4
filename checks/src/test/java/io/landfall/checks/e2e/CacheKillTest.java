package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cli.Main;
import io.landfall.testkit.Await;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node with a cache on disk that is killed (kill -9) under load, again and again: no client ever
 * gets a wrong byte, nor anything that was purged before the kill; while the node runs no request
 * fails, and what lay on disk is used after it.
 */
class CacheKillTest {
  private static final int KILLS = 3;
  private static final int CLIENTS = 4;
  private static final int OBJECTS = 300;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SOCKET_MILLIS = 20_000;

  /** Requests of one run of the node, at least, before it is killed. */
  private static final int LEAST_REQUESTS = 400;

  @TempDir Path folder;
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> oldest = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();
  private final InetAddress address =
      InetAddress.ofLiteral("127.97." + ProcessHandle.current().pid() % 250 + ".1");
  private final InetSocketAddress http = new InetSocketAddress(address, 7512);
  private VersionedOrigin origin;
  private Path config;

  /** The node is being killed, or is not there yet. */
  private volatile boolean dying;

  @BeforeEach
  void writesTheConfig() throws IOException {
    origin = new VersionedOrigin(address);
    NodeFiles.write(folder, "shop");
    config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "%1$s:7511"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge: {listen: [{address: "%1$s:7512"}]}
            services:
              shop: {identity: 10.32.1.1, hosts: [shop.test], backends: ["%2$s"], cache: {}}
            cache: {memory: 2MiB, disk: {path: disk, size: 128MiB}}
            admin: {socket: node.sock, state-file: state}
            """
                .formatted(address.getHostAddress(), origin.url()));
  }

  @AfterEach
  void closesTheOrigin() throws IOException {
    origin.close();
  }

  private static String path(int number) {
    return "/o" + number + "/" + (5_000 + number * 97 % 40_000);
  }

  /** One connection that asks for one thing after the other. */
  private final class Client implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    Client() throws IOException {
      socket.setSoTimeout(SOCKET_MILLIS);
      socket.connect(http, SOCKET_MILLIS);
      in = new BufferedInputStream(socket.getInputStream(), 65_536);
    }

    /** Asks for an object; whether the cache answered. Tells what is wrong with it. */
    boolean ask(String path) throws IOException {
      int floor = oldest.getOrDefault(path, 0);
      String request = "GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String status = line();
      int length = -1;
      boolean hit = false;
      for (String field = line(); !field.isEmpty(); field = line()) {
        String lower = field.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring("content-length:".length()).strip());
        }
        hit |= lower.startsWith("cache-status:") && lower.contains("; hit");
      }
      byte[] body = in.readNBytes(Math.max(0, length));
      if (body.length < length) {
        throw new IOException("the body ended early");
      }
      check(path, status, body, floor);
      return hit;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("the connection ended");
        }
        line.append((char) b);
      }
      return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void check(String path, String status, byte[] body, int floor) {
    if (!status.startsWith("HTTP/1.1 200 ")) {
      if (!dying) {
        wrong.add(path + ": " + status);
      }
    } else if (!Arrays.equals(body, VersionedOrigin.body(path, VersionedOrigin.version(body)))) {
      wrong.add(path + ": wrong bytes");
    } else if (VersionedOrigin.version(body) < floor) {
      wrong.add(path + ": version " + VersionedOrigin.version(body) + ", purged at " + floor);
    } else {
      answered.incrementAndGet();
    }
  }

  /** Asks until the node is killed. */
  private void load(int seed) {
    Random random = new Random(seed);
    while (!dying) {
      try (Client client = new Client()) {
        while (!dying) {
          if (client.ask(path(random.nextInt(OBJECTS)))) {
            hits.incrementAndGet();
          }
        }
      } catch (IOException e) {
        if (!dying) {
          wrong.add("a connection failed: " + e);
          return;
        }
      }
    }
  }

  private void purge(int number) {
    String path = path(number);
    int version = origin.version.incrementAndGet();
    StringWriter out = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out),
            new PrintWriter(out),
            "--socket",
            folder.resolve("node.sock").toString(),
            "purge",
            "--tag",
            "o" + number);
    // On a busy machine one may have no answer in time: then nothing is known of it.
    if (code == 0) {
      oldest.put(path, version);
    }
  }

  private NodeProcess start() {
    dying = true;
    NodeProcess node = NodeProcess.start(config);
    Await.until(
        PATIENCE,
        "it answers",
        () -> {
          int before = answered.get();
          try (Client client = new Client()) {
            boolean _ = client.ask("/up/1000");
          } catch (IOException e) {
            return false;
          }
          return answered.get() > before;
        },
        node::log);
    dying = false;
    return node;
  }

  @Test
  void whatIsKilledUnderLoadNeverServesAWrongByte() throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      NodeProcess node = start();
      int until = answered.get() + LEAST_REQUESTS + new Random(kill).nextInt(400);
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int seed = kill * CLIENTS + i;
        clients.add(Thread.ofVirtual().start(() -> load(seed)));
      }
      for (int i = 0; i < 2; i++) {
        purge((kill * 50 + i * 7) % OBJECTS);
      }
      Await.until(
          PATIENCE,
          "load",
          () -> answered.get() >= until || !wrong.isEmpty(),
          () -> answered + " of " + until + "\n" + node.log());
      assertThat(node.isAlive()).as(node.log()).isTrue();
      dying = true;
      node.signal("KILL");
      assertThat(node.exitCode()).isEqualTo(137);
      for (Thread each : clients) {
        each.join();
      }
      assertThat(wrong).isEmpty();
    }
    assertThat(hits.get()).isPositive();
    assertThat(oldest).as("purges that were answered").isNotEmpty();
    try (NodeProcess node = start();
        Client client = new Client()) {
      int found = 0;
      for (int i = 0; i < OBJECTS; i++) {
        found += client.ask(path(i)) ? 1 : 0;
      }
      assertThat(wrong).isEmpty();
      assertThat(found).as("found on disk").isGreaterThan(OBJECTS / 10);
      assertThat(node.log()).doesNotContain("level=error");
    }
  }
}
