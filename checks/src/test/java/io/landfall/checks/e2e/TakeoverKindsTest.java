package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.client.HttpCall;
import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.testkit.TrustingTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node with every kind of listener for clients, a cache on disk, a lease and commands of
 * operators, whose process is replaced by another one: clients lose nothing, and what was kept or
 * asked for is there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TakeoverKindsTest {
  private static final Duration MOST = Duration.ofSeconds(90);
  private static final int ADMIN_MILLIS = 30_000;
  private static final int DOWNLOAD = 16 << 20;
  private static final String FRA = "127.98.18.1";
  private static final InetSocketAddress PLAIN = at(7612);
  private static final InetSocketAddress SECURE = at(7613);
  private static final InetSocketAddress BEHIND_BALANCER = at(7614);
  private static final InetSocketAddress TCP = at(7615);
  private static final Pattern LEASE =
      Pattern.compile("\"name\":\"leased\".*?\"remainingMillis\":(\\d+)", Pattern.DOTALL);

  private final StreamingOrigin origin = new StreamingOrigin(InetAddress.ofLiteral("127.98.18.11"));
  private final VersionedOrigin cached = new VersionedOrigin(InetAddress.ofLiteral("127.98.18.12"));
  private Path config;
  private NodeProcess fra;
  private int processes;

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(FRA), port);
  }

  @BeforeAll
  void aNodeWithEveryKind(@TempDir Path folder) throws IOException {
    CertificateAuthority ca = NodeFiles.authority(folder);
    NodeFiles.write(ca, folder, "fra", "10.32.0.1", "shop", "kept", "db", "leased");
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.site(
                List.of("shop.test"), System.currentTimeMillis(), Duration.ofDays(1).toMillis())),
        folder.resolve("site.pem"),
        folder.resolve("site.key"));
    config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "%1$s:7611"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
            edge:
              listen:
                - {address: "%1$s:7612"}
                - {address: "%1$s:7613", tls: {certificate: site.pem, key: site.key}}
                - {address: "%1$s:7614", proxy-protocol: [127.0.0.0/8]}
                - {address: "%1$s:7615", service: db}
            admin: {socket: node.sock, state-file: state}
            cache: {memory: 16MiB, disk: {path: disk, size: 128MiB}, purge-log: purges}
            services:
              shop: {identity: 10.32.1.1, hosts: [shop.test], backends: ["%2$s"], probe: {tcp: true}}
              kept: {identity: 10.32.1.2, hosts: [kept.test], backends: ["%3$s"], cache: {}}
              db: {identity: 10.32.1.3, tcp: {}, backends: ["%4$s"]}
              leased: {identity: 10.32.1.4, hosts: [leased.test], backends: ["%2$s"]}
            """
                .formatted(FRA, origin.url(), cached.url(), origin.url().replace("http:", "tcp:")));
    fra = NodeProcess.start(config);
    Await.until(
        MOST,
        "all serve",
        () ->
            TakeoverClients.serves(PLAIN, "shop.test")
                && TakeoverClients.serves(PLAIN, "leased.test")
                && TakeoverClients.serves(TCP, "any"),
        fra::log);
  }

  @AfterAll
  void stop() throws IOException {
    fra.close();
    origin.close();
    cached.close();
  }

  /** Another process takes over; the one before, which may have requests to finish. */
  private NodeProcess replace() {
    NodeProcess before = fra;
    fra = successor();
    while (log().contains("it has just started")) {
      // Nobody may take over from a node that waits for its first routes; who tries is told so.
      fra.close();
      fra = successor();
    }
    assertThat(log()).contains("\"taken over\"");
    return before;
  }

  private NodeProcess successor() {
    NodeProcess started = NodeProcess.takeOver(config, "node" + ++processes + ".log");
    Await.until(
        MOST,
        "it has taken over, or was refused",
        () -> started.log().contains("\"taken over\"") || !started.isAlive(),
        started::log);
    return started;
  }

  private String log() {
    return fra.log();
  }

  private static Socket secure(String protocol) throws IOException {
    return TrustingTls.handshake(
        TakeoverClients.connect(SECURE), TrustingTls.anonymous(), protocol);
  }

  private static Socket behindBalancer() throws IOException {
    Socket socket = TakeoverClients.connect(BEHIND_BALANCER);
    TakeoverClients.send(socket, "PROXY TCP4 203.0.113.9 198.51.100.1 40000 80\r\n");
    return socket;
  }

  private static void end(Socket connection) throws IOException {
    connection.close();
  }

  /** A connection of a TCP service, on which the backend is asked. */
  private static void askBackend(Socket connection) throws IOException {
    TakeoverClients.send(connection, "GET / HTTP/1.1\r\nHost: any\r\n\r\n");
    assertThat(TakeoverClients.Answer.read(connection.getInputStream()).body()).isEqualTo("ok");
  }

  @Test
  void clientsOfNoKindOfListenerLoseAnything() throws IOException {
    try (TakeoverClients clients = new TakeoverClients()) {
      clients.start("TLS", () -> secure("http/1.1"), "shop.test");
      clients.startHttp2("over TLS", () -> secure("h2"), "shop.test");
      clients.startHttp2("in clear", () -> TakeoverClients.connect(PLAIN), "shop.test");
      clients.start("PROXY protocol", TakeoverKindsTest::behindBalancer, "shop.test");
      clients.startRenewing("TCP service", () -> TakeoverClients.connect(TCP), "any");
      for (int i = 0; i < 2; i++) {
        try (Socket carried = TakeoverClients.connect(TCP);
            TakeoverHttp2 download = new TakeoverHttp2(secure("h2"), "shop.test")) {
          askBackend(carried);
          download.begin("/bytes/" + DOWNLOAD);
          assertThat(download.ask()).isTrue();
          long answered = clients.answered.get();
          try (NodeProcess before = replace()) {
            Await.until(
                "the new process serves",
                () -> clients.answered.get() > answered + 200 || !clients.failures.isEmpty(),
                this::log);
            assertThat(before.isAlive()).as("it has connections").isTrue();
            askBackend(carried);
            assertThat(download.downloadBytes()).as("the rest is to come").isLessThan(DOWNLOAD);
            assertThat(download.finish()).isEqualTo(StreamingOrigin.checksum(DOWNLOAD));
            end(carried);
            download.end();
            assertThat(before.exitCode()).as("of the process before").isZero();
          }
        }
      }
      clients.stop();
      assertThat(clients.failures).as("of " + clients.answered + ", " + log()).isEmpty();
    }
  }

  private String admin(String method, String target, String body) {
    try {
      return HttpCall.send(
              UnixDomainSocketAddress.of(config.resolveSibling("node.sock")),
              HttpCall.Request.json(method, "localhost", "/v1/" + target, body),
              ADMIN_MILLIS)
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One object, and whether it came from the cache. */
  private record Fetched(int version, boolean hit) {}

  private static Fetched fetch(String path) {
    try (Socket socket = TakeoverClients.connect(PLAIN)) {
      TakeoverClients.send(
          socket, "GET " + path + " HTTP/1.1\r\nHost: kept.test\r\nConnection: close\r\n\r\n");
      InputStream in = new BufferedInputStream(socket.getInputStream());
      StringBuilder head = new StringBuilder();
      for (String line = StreamingOrigin.line(in);
          !line.isEmpty();
          line = StreamingOrigin.line(in)) {
        head.append(line).append('\n');
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 200 ");
      byte[] body = in.readAllBytes();
      int version = VersionedOrigin.version(body);
      assertThat(body).isEqualTo(VersionedOrigin.body(path, version));
      return new Fetched(version, head.toString().contains("; hit"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitDisk() {
    Await.until(
        "the disk is used",
        () -> admin("GET", "show/cache", "").contains("\"state\":\"working\""),
        () -> admin("GET", "show/cache", ""));
  }

  private String serviceRow(String name) {
    String all = admin("GET", "show/services", "");
    int at = all.indexOf("\"name\":\"" + name + "\"");
    assertThat(at).as(all).isNotNegative();
    return all.substring(at);
  }

  private long leaseLeftMillis() {
    Matcher lease = LEASE.matcher(admin("GET", "show/services", ""));
    assertThat(lease.find()).as(admin("GET", "show/services", "")).isTrue();
    return Long.parseLong(lease.group(1));
  }

  @Test
  void whatIsOnDiskLeasesAndCommandsAreThereAfterwards() {
    String kept = "/kept/20000";
    String purged = "/purged/20000";
    cached.version.set(1);
    awaitDisk(); // what is stored before it is in use stays in memory alone
    Await.until("it is stored", () -> fetch(kept).hit() && fetch(purged).hit(), this::log);
    Await.until(
        "both are on the disk",
        () -> admin("GET", "show/cache", "").contains("\"content\":{\"objects\":2"),
        () -> admin("GET", "show/cache", ""));
    admin("PUT", "services/leased", "{\"ttlMillis\": 600000}");
    long before = leaseLeftMillis();
    admin("POST", "drain", "{\"service\": \"shop\"}");
    assertThat(serviceRow("shop")).contains("DRAINING");
    cached.version.set(2);

    assertThat(replace().exitCode()).isZero();
    awaitDisk();
    assertThat(fetch(kept)).as("it was on the disk").isEqualTo(new Fetched(1, true));
    assertThat(leaseLeftMillis()).as("it was not renewed").isPositive().isLessThan(before);
    assertThat(serviceRow("shop")).contains("DRAINING");
    assertThat(TakeoverClients.serves(PLAIN, "shop.test")).isTrue();
    admin("POST", "undrain", "{\"service\": \"shop\"}");
    admin("POST", "purge", "{\"url\": \"kept.test/purged/20000\"}");

    assertThat(replace().exitCode()).isZero();
    awaitDisk();
    assertThat(fetch(purged)).as("what was purged is gone").extracting("version").isEqualTo(2);
    assertThat(fetch(kept)).isEqualTo(new Fetched(1, true));
    assertThat(serviceRow("shop")).doesNotContain("DRAINING");
    assertThat(leaseLeftMillis()).isPositive().isLessThan(before);
  }
}
