package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.testkit.Await;
import io.landfall.trust.TrustDomain;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies larger than the memory of every node on their way: client, node fra, TLS, node nyc,
 * backend. Each node has 96 MiB of heap and 96 MiB of direct memory, so a node that kept what it
 * passes on would end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BigBodiesTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  /** More than every window and socket buffer on the way together, far less than a body. */
  private static final long MOST_UNDER_WAY = 64 * MIB;

  /** Heap, direct memory, code, classes, stacks and the allocator's slack. */
  private static final long MOST_RESIDENT_MIB = 480;

  private static final int SOCKET_MILLIS = 120_000;

  private int net;
  private StreamingOrigin origin;
  private NodeProcess fra;
  private NodeProcess nyc;
  private InetSocketAddress clientsOfFra;

  @BeforeAll
  void twoNodesAndABackend(@TempDir Path folder) throws IOException {
    net = freeNet();
    origin = new StreamingOrigin(address(2, 11));
    CertificateAuthority ca = CertificateAuthority.generate("Test", System.currentTimeMillis());
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    InetSocketAddress overlayOfFra = free(1);
    InetSocketAddress overlayOfNyc = free(2);
    clientsOfFra = free(1);
    fra =
        NodeProcess.start(
            config(folder, ca, new Site("fra", 1, overlayOfFra, overlayOfNyc, clientsOfFra), ""));
    nyc =
        NodeProcess.start(
            config(
                folder,
                ca,
                new Site("nyc", 2, overlayOfNyc, overlayOfFra, free(2)),
                "    backends: [\"" + origin.url() + "\"]\n"));
    Await.until(
        Duration.ofSeconds(60), "fra forwards", this::answers, () -> fra.log() + "\n" + nyc.log());
  }

  @AfterAll
  void stop() throws Exception {
    fra.close();
    nyc.close();
    origin.close();
  }

  private record Site(
      String name,
      int number,
      InetSocketAddress overlay,
      InetSocketAddress other,
      InetSocketAddress clients) {}

  private Path config(Path folder, CertificateAuthority ca, Site site, String backends)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(site.name()));
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.node(
                new TrustDomain("landfall.test"),
                new NodeName(site.name()),
                Block.parse("10.32.0.0/23").parseHost("10.32.0." + site.number()),
                backends.isEmpty() ? List.of() : List.of(new ServiceName("shop")),
                System.currentTimeMillis(),
                Duration.ofDays(1).toMillis())),
        own.resolve("node.pem"),
        own.resolve("node.key"));
    // Memory is what is tested. On a busy machine a node may get no core for longer than BFD
    // allows,
    // and what is under way with a peer that is dead by BFD or by its hold time ends at once.
    String yaml =
        """
        node: {name: %s, identity: 10.32.0.%d}
        overlay:
          {block: 10.32.0.0/23, listen: "%s", candidates: ["%s"], hold-time: 90s, bfd: {enabled: false}}
        trust: {domain: landfall.test, ca: ../ca.pem, certificate: node.pem, key: node.key}
        edge: {listen: [{address: "%s"}]}
        services:
          shop:
            identity: 10.32.1.10
            hosts: [shop.test]
        %sadmin: {socket: node.sock}
        """
            .formatted(
                site.name(),
                site.number(),
                text(site.overlay()),
                text(site.other()),
                text(site.clients()),
                backends);
    return Files.writeString(own.resolve("node.yaml"), yaml);
  }

  private static int freeNet() {
    for (int i = 0; i < 200; i++) {
      int candidate = 20 + (int) ((ProcessHandle.current().pid() + i) % 200);
      try (ServerSocket guard =
          new ServerSocket(7402, 1, InetAddress.ofLiteral("127." + candidate + ".0.1"))) {
        return guard.isBound() ? candidate : 0;
      } catch (IOException taken) {
        // The next one.
      }
    }
    throw new IllegalStateException("no free loopback network");
  }

  private InetAddress address(int site, int host) {
    return InetAddress.ofLiteral("127." + net + "." + site + "." + host);
  }

  private InetSocketAddress free(int site) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, address(site, 1))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private Socket client() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(256 * 1024);
    socket.setSendBufferSize(256 * 1024);
    socket.connect(clientsOfFra, SOCKET_MILLIS);
    socket.setSoTimeout(SOCKET_MILLIS);
    return socket;
  }

  private boolean answers() {
    try (Socket socket = client()) {
      socket.getOutputStream().write(head("GET /", 0));
      return readHead(socket.getInputStream()) > 0;
    } catch (IOException | IllegalStateException notYet) {
      return false;
    }
  }

  private static byte[] head(String request, long length) {
    String body = length == 0 ? "" : "Content-Length: " + length + "\r\n";
    return (request + " HTTP/1.1\r\nHost: shop.test\r\n" + body + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a 200's head and returns its Content-Length. */
  private static long readHead(InputStream in) throws IOException {
    String status = StreamingOrigin.line(in);
    long length = -1;
    for (String field = StreamingOrigin.line(in); !field.isEmpty(); ) {
      if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Long.parseLong(field.substring("content-length:".length()).strip());
      }
      field = StreamingOrigin.line(in);
    }
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IllegalStateException("not a 200: '" + status + "'");
    }
    return length;
  }

  private static long checksumOf(InputStream in, long length) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] buffer = new byte[256 * 1024];
    for (long left = length; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new IOException("the body ended with " + left + " of " + length + " to go");
      }
      sum.update(buffer, 0, read);
      left -= read;
    }
    return sum.getValue();
  }

  private static void upload(OutputStream out, long length, AtomicLong written) throws IOException {
    byte[] pattern = StreamingOrigin.pattern();
    for (long left = length; left > 0; left -= pattern.length) {
      int now = (int) Math.min(left, pattern.length);
      out.write(pattern, 0, now);
      written.addAndGet(now);
    }
  }

  private void assertNodesAreWellAndSmall() {
    assertThat(fra.isAlive()).as(fra.log()).isTrue();
    assertThat(nyc.isAlive()).as(nyc.log()).isTrue();
    assertThat(fra.log() + nyc.log()).doesNotContain("OutOfMemory").doesNotContain("level=error");
    assertThat(fra.peakMib()).as("resident at fra").isLessThan(MOST_RESIDENT_MIB);
    assertThat(nyc.peakMib()).as("resident at nyc").isLessThan(MOST_RESIDENT_MIB);
  }

  /**
   * Netty's own TLS context for the JDK looks for Bouncy Castle, which is on the class path for
   * whoever runs a certificate authority; a node that used it loaded 610 classes at every start.
   */
  @Test
  void nodesThatHaveMetDidNotLoadTheLibraryOfACertificateAuthority() {
    assertThat(fra.classes()).contains("io.landfall.node.Node").doesNotContain("bouncycastle");
  }

  @Test
  void aGibibyteComesDownThroughAForwardInFlatMemory() throws IOException {
    try (Socket socket = client()) {
      socket.getOutputStream().write(head("GET /bytes/" + GIB, 0));
      InputStream in = new BufferedInputStream(socket.getInputStream(), 256 * 1024);
      assertThat(readHead(in)).isEqualTo(GIB);
      assertThat(checksumOf(in, GIB)).isEqualTo(StreamingOrigin.checksum(GIB));
    }
    assertNodesAreWellAndSmall();
  }

  @Test
  void aGibibyteGoesUpThroughAForwardInFlatMemory() throws IOException {
    try (Socket socket = client()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("POST /upload", GIB));
      upload(out, GIB, new AtomicLong());
      InputStream in = socket.getInputStream();
      long length = readHead(in);
      assertThat(new String(in.readNBytes((int) length), StandardCharsets.US_ASCII))
          .isEqualTo(Long.toString(StreamingOrigin.checksum(GIB)));
    }
    assertNodesAreWellAndSmall();
  }

  @Test
  void aClientThatDoesNotReadStopsTheBackend() throws IOException {
    long length = 256 * MIB;
    long before = origin.sent.get();
    try (Socket socket = client()) {
      socket.getOutputStream().write(head("GET /bytes/" + length, 0));
      InputStream in = socket.getInputStream();
      assertThat(readHead(in)).isEqualTo(length);
      Await.holdsFor(
          Duration.ofSeconds(2),
          "the backend is held back",
          () -> origin.sent.get() - before < MOST_UNDER_WAY,
          () -> "sent " + (origin.sent.get() - before));
      assertThat(answers()).as("others are served meanwhile").isTrue();
      assertThat(checksumOf(in, length)).isEqualTo(StreamingOrigin.checksum(length));
    }
    assertNodesAreWellAndSmall();
  }

  @Test
  void aBackendThatDoesNotReadStopsTheClient() throws Exception {
    long length = 256 * MIB;
    long before = origin.received.get();
    AtomicLong written = new AtomicLong();
    origin.mayRead = new CountDownLatch(1);
    try (Socket socket = client()) {
      OutputStream out = socket.getOutputStream();
      Thread uploader = Thread.ofVirtual().start(() -> uploadAll(out, length, written));
      Await.holdsFor(
          Duration.ofSeconds(2),
          "the client is held back",
          () -> written.get() < MOST_UNDER_WAY,
          () -> "written " + written);
      assertThat(origin.received.get()).isEqualTo(before);
      assertThat(answers()).as("others are served meanwhile").isTrue();
      origin.mayRead.countDown();
      InputStream in = socket.getInputStream();
      long answer = readHead(in);
      assertThat(new String(in.readNBytes((int) answer), StandardCharsets.US_ASCII))
          .isEqualTo(Long.toString(StreamingOrigin.checksum(length)));
      uploader.join();
      assertThat(written).hasValue(length);
    } finally {
      origin.mayRead.countDown();
    }
    assertNodesAreWellAndSmall();
  }

  private static void uploadAll(OutputStream out, long length, AtomicLong written) {
    try {
      out.write(head("POST /upload", length));
      upload(out, length, written);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
