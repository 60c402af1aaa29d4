package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operators do to a fleet in its life, on four nodes that are asked all the while: a service
 * is added, changed, moved and removed, and every certificate is renewed. No request fails.
 */
class FleetDrillTest {
  private static final List<String> NAMES = List.of("fra", "nyc", "sin", "syd");
  private static final int SHOP = 10;
  private static final int BLOG = 11;
  private static final int MEDIA = 12;

  @TempDir Path folder;
  private TestWorld world;
  private final List<TestSite> sites = new ArrayList<>();
  private final List<InetSocketAddress> tls = new ArrayList<>();

  @BeforeEach
  void fourSites() throws IOException {
    world = new TestWorld(folder);
    for (int i = 0; i < NAMES.size(); i++) {
      TestSite site = world.site(NAMES.get(i), i + 1);
      tls.add(world.free(i + 1));
      sites.add(site.with(own(i)));
      renewSite(i);
      site.config(
          "edge: {listen: [{address: \"%s\"}, {address: \"%s\", tls: {certificate: %s, key: %s}}]}"
              .formatted(
                  TestSite.text(site.http),
                  TestSite.text(tls.get(i)),
                  siteFile(i, "pem"),
                  siteFile(i, "key")));
      hosts(i, i < 2 ? "shop" : "blog", i < 2 ? SHOP : BLOG);
      site.knows(i < 2 ? "blog" : "shop", i < 2 ? BLOG : SHOP);
    }
    for (TestSite site : sites) {
      site.dials(
          sites.stream()
              .filter(other -> !other.equals(site))
              .map(other -> other.overlay)
              .toArray(InetSocketAddress[]::new));
    }
    sites.forEach(TestSite::start);
    awaitHops(SHOP, 0, 1);
    awaitHops(BLOG, 2, 3);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private Credentials own(int site) {
    return world.credentials(NAMES.get(site), site + 1, "shop", "blog", "media");
  }

  private Path siteFile(int site, String kind) {
    return folder.resolve("site" + site + "." + kind);
  }

  private void renewSite(int site) throws IOException {
    replace(
        world.ca.issue(
            CertificateRequest.site(
                List.of("shop.test", "blog.test", "media.test"),
                System.currentTimeMillis(),
                TestWorld.DAY_MILLIS)),
        siteFile(site, "pem"),
        siteFile(site, "key"));
  }

  /** As whoever renews does it: each file is there as a whole, one after the other. */
  private static void replace(Credentials fresh, Path certificate, Path key) throws IOException {
    Path newCertificate = certificate.resolveSibling(certificate.getFileName() + ".new");
    Path newKey = key.resolveSibling(key.getFileName() + ".new");
    CertificateAuthority.save(fresh, newCertificate, newKey);
    Files.move(newKey, key, StandardCopyOption.REPLACE_EXISTING);
    Files.move(newCertificate, certificate, StandardCopyOption.REPLACE_EXISTING);
  }

  private void hosts(int site, String service, int offset) {
    sites
        .get(site)
        .hosts(service, offset, world.origin(service + " at " + NAMES.get(site), site + 1));
  }

  private void applied(int... which) {
    for (int site : which) {
      HttpWire.Answer answer = sites.get(site).apply();
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
  }

  private void appliedAtAll() {
    applied(0, 1, 2, 3);
  }

  /** Waits until each site sees exactly these at a service. */
  private void awaitHops(int offset, int... at) {
    String[] identities =
        IntStream.of(at).mapToObj(i -> sites.get(i).identity()).sorted().toArray(String[]::new);
    sites.forEach(site -> site.awaitNextHops(offset, identities));
  }

  private InetSocketAddress landing(long number) {
    return sites.get((int) (number % sites.size())).http;
  }

  @Test
  void noRequestFailsWhileAServiceIsAddedChangedMovedAndRemovedAndEveryCertificateIsRenewed()
      throws Exception {
    LoadOfClients load =
        new LoadOfClients(this::landing, "shop.test", "blog.test", "shop.test", "blog.test");
    LoadOverTls encrypted = new LoadOverTls();
    try (load;
        encrypted) {
      load.awaitMore(100);
      LoadOfClients media = addMedia();
      try (media) {
        media.awaitMore(50);
        changeMedia();
        media.awaitMore(50);
        moveMedia();
        media.awaitMore(50);
      }
      assertThat(media.failures()).isEmpty();
      removeMedia();
      load.awaitMore(50);
      for (int site = 0; site < sites.size(); site++) {
        renewedSite(site);
        load.awaitMore(50);
        renewedNode(site);
        load.awaitMore(100);
      }
    }
    assertThat(load.failures()).isEmpty();
    assertThat(encrypted.failures).isEmpty();
  }

  /** Known everywhere first, then hosted at two sites. */
  private LoadOfClients addMedia() {
    sites.forEach(site -> site.knows("media", MEDIA));
    appliedAtAll();
    hosts(0, "media", MEDIA);
    hosts(1, "media", MEDIA);
    applied(0, 1);
    awaitHops(MEDIA, 0, 1);
    awaitAnswered("media.test");
    return new LoadOfClients(this::landing, "media.test", "media.test");
  }

  private void awaitAnswered(String host) {
    for (TestSite site : sites) {
      Await.until(
          host + " is answered at " + site.name,
          () -> HttpWire.get(site.http, host, "/").status() == 200,
          () -> site.show("show/services"));
    }
  }

  /** Another backend beside the one that there is, and then that one alone. */
  private void changeMedia() {
    TestOrigin old = world.origin("old", 1);
    TestOrigin fresh = world.origin("fresh", 1);
    sites.getFirst().hosts("media", MEDIA, old, fresh);
    applied(0);
    Await.until(
        "both are healthy",
        () -> !sites.getFirst().show("show/services").contains("\"healthy\":false"),
        () -> sites.getFirst().show("show/services"));
    sites.getFirst().hosts("media", MEDIA, fresh);
    applied(0);
  }

  private void moveMedia() {
    hosts(2, "media", MEDIA);
    hosts(3, "media", MEDIA);
    applied(2, 3);
    awaitHops(MEDIA, 0, 1, 2, 3);
    sites.get(0).knows("media", MEDIA);
    sites.get(1).knows("media", MEDIA);
    applied(0, 1);
    awaitHops(MEDIA, 2, 3);
  }

  private void removeMedia() {
    sites.forEach(site -> site.knows("media", MEDIA));
    appliedAtAll();
    awaitHops(MEDIA);
    sites.forEach(site -> site.forgets("media"));
    appliedAtAll();
    assertThat(HttpWire.get(sites.getFirst().http, "media.test", "/").status()).isEqualTo(421);
  }

  private void renewedSite(int site) throws Exception {
    X509Certificate before = shown(tls.get(site));
    renewSite(site);
    reloaded(site);
    assertThat(shown(tls.get(site))).isNotEqualTo(before);
  }

  /** The sessions of the node are made anew with it, one after another. */
  private void renewedNode(int site) throws Exception {
    X509Certificate before = sites.get(site).node().trust.own().inForce().certificate();
    Path own = folder.resolve(NAMES.get(site) + (site + 1));
    Credentials fresh = own(site);
    replace(fresh, own.resolve("node.pem"), own.resolve("node.key"));
    reloaded(site);
    assertThat(sites.get(site).node().trust.own().inForce().certificate()).isNotEqualTo(before);
    for (int other = 0; other < sites.size(); other++) {
      if (other != site) {
        TestSite peer = sites.get(other);
        Await.until(
            peer.name + " has a session by the new certificate of " + NAMES.get(site),
            () ->
                peer.hasAdjacency(NAMES.get(site))
                    && peer.show("show/peers?peer=" + NAMES.get(site))
                        .contains("certificate is a new one"),
            () -> peer.show("show/peers?peer=" + NAMES.get(site)));
      }
    }
    awaitHops(SHOP, 0, 1);
    awaitHops(BLOG, 2, 3);
  }

  private void reloaded(int site) {
    HttpWire.Answer answer = sites.get(site).command("POST", "reload", "{}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static X509Certificate shown(InetSocketAddress at) throws IOException {
    try (SSLSocket socket = connect(at)) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLSocket connect(InetSocketAddress at) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TrustingTls.anonymous().getSocketFactory().createSocket(at.getAddress(), at.getPort());
    socket.setSoTimeout(30_000);
    socket.startHandshake();
    return socket;
  }

  /** One client that asks over TLS, on a connection for each request, at each site in turn. */
  private final class LoadOverTls implements AutoCloseable {
    final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread client = Thread.ofVirtual().start(this::ask);

    private void ask() {
      for (int number = 0; !over.get(); number++) {
        InetSocketAddress at = tls.get(number % tls.size());
        try {
          String answer = get(at);
          if (!answer.startsWith("HTTP/1.1 200 ")) {
            failures.add(at + ": " + answer);
          }
        } catch (IOException | UncheckedIOException e) {
          failures.add(at + ": " + e);
        }
      }
    }

    private String get(InetSocketAddress at) throws IOException {
      try (SSLSocket socket = connect(at)) {
        socket
            .getOutputStream()
            .write(
                "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      }
    }

    @Override
    public void close() {
      over.set(true);
      Await.until("the client over TLS has ended", () -> !client.isAlive());
    }
  }
}
