package io.landfall.checks.e2e;

import io.landfall.ca.CertificateAuthority;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestRouter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Two nodes as processes: fra, with a router and the service shop, which is replaced again and
 * again, and nyc, with the service media.
 */
final class TakeoverSite implements AutoCloseable {
  static final InetSocketAddress CLIENTS_OF_FRA = at("127.98.16.1", 7602);
  static final InetSocketAddress CLIENTS_OF_NYC = at("127.98.16.2", 7602);
  private static final Duration MOST = Duration.ofSeconds(90);

  final StreamingOrigin origin = new StreamingOrigin(address("127.98.16.11"));
  final TestRouter router = new TestRouter(address("127.98.16.21"));
  final Path config;
  private final NodeProcess nyc;
  NodeProcess fra;
  private int processes;

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private static InetSocketAddress at(String literal, int port) {
    return new InetSocketAddress(address(literal), port);
  }

  TakeoverSite(Path folder) throws IOException {
    CertificateAuthority ca = NodeFiles.authority(folder);
    NodeFiles.write(ca, folder, "fra", "10.32.0.1", "shop");
    NodeFiles.write(ca, folder, "nyc", "10.32.0.2", "media");
    config = config(folder, 1, "fra", router.ingress("start-delay: 0s\n  drain-wait: 1s"));
    Path other = config(folder, 2, "nyc", "");
    fra = NodeProcess.start(config);
    nyc = NodeProcess.start(other);
    Await.until(MOST, "all serve", this::allServe, this::logs);
    Await.until("the prefix is announced", () -> router.told().contains("end-of-rib"), fra::log);
  }

  private boolean allServe() {
    return TakeoverClients.serves(CLIENTS_OF_FRA, "shop.test")
        && TakeoverClients.serves(CLIENTS_OF_FRA, "media.test")
        && TakeoverClients.serves(CLIENTS_OF_NYC, "shop.test")
        && TakeoverClients.serves(CLIENTS_OF_NYC, "media.test");
  }

  private Path config(Path folder, int number, String name, String ingress) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    String backends = "backends: [\"" + origin.url() + "\"], probe: {tcp: true, interval: 500ms}";
    return Files.writeString(
        own.resolve("node.yaml"),
        """
        node: {name: %1$s, identity: 10.32.0.%2$d}
        overlay:
          block: 10.32.0.0/23
          listen: "127.98.16.%2$d:7601"
          candidates: ["127.98.16.%3$d:7601"]
          bfd: {interval: 2s} # a busy machine gives a JVM that starts no time for 600 ms
        trust: {domain: landfall.test, ca: ../ca.pem, certificate: ../%1$s.pem, key: ../%1$s.key}
        edge: {listen: [{address: "127.98.16.%2$d:7602"}]}
        admin: {socket: node.sock, metrics: "127.98.16.%2$d:7603"}
        access-log: {file: access.log}
        %6$s
        services:
          shop: {identity: 10.32.1.10, hosts: [shop.test]%4$s}
          media: {identity: 10.32.1.11, hosts: [media.test]%5$s}
        """
            .formatted(
                name,
                number,
                3 - number,
                number == 1 ? ", " + backends : "",
                number == 2 ? ", " + backends : "",
                ingress));
  }

  /** Another process of fra takes over; the one before, which may have requests to finish. */
  NodeProcess replace() {
    NodeProcess before = fra;
    fra = takeOver();
    NodeProcess after = fra;
    Await.until(
        MOST, "it has taken over", () -> after.log().contains("\"taken over\""), this::logs);
    return before;
  }

  /** Another process of fra that begins to take over. */
  NodeProcess takeOver() {
    processes++;
    return NodeProcess.takeOver(config, "node" + processes + ".log");
  }

  /** All logs, for people. */
  String logs() {
    return "fra: " + fra.log() + "\nbefore: " + log("node.log") + "\nnyc: " + nyc.log();
  }

  private String log(String name) {
    try {
      return Files.readString(config.resolveSibling(name));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws IOException {
    fra.close();
    nyc.close();
    router.close();
    origin.close();
  }
}
