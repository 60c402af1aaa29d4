package io.landfall.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of the admin API that are kept for the next request (RFC 9112 section 9.3). */
class AdminKeepAliveTest {
  private static final String GET = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n";

  @TempDir Path temp;
  private AdminServer server;

  /** A client that keeps its connection. */
  private static final class Kept implements AutoCloseable {
    private final SocketChannel channel;
    private final InputStream in;

    Kept(SocketAddress address) throws IOException {
      channel = SocketChannel.open(address);
      in = Channels.newInputStream(channel);
    }

    /** The head of the answer, in lower case; its body is read too. */
    String ask(String request) throws IOException {
      channel.write(ByteBuffer.wrap(request.getBytes(US_ASCII)));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("no answer but '" + head + "'");
        }
        head.append((char) next);
      }
      String text = head.toString().toLowerCase(Locale.ROOT);
      if (!request.startsWith("HEAD")) {
        String length = text.split("content-length: ", 2)[1].split("\r\n", 2)[0];
        int bytes = Integer.parseInt(length);
        assertThat(in.readNBytes(bytes)).hasSize(bytes);
      }
      return text;
    }

    boolean isAtEnd() throws IOException {
      return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    server =
        AdminServer.start(
            new AdminServer.Listeners(
                temp.resolve("a.sock"),
                Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Optional.empty()),
            new FakeBackend(),
            FakeMetrics::new);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private SocketAddress tcp() {
    return server.metricsAddress().orElseThrow();
  }

  private List<SocketAddress> listeners() {
    return List.of(tcp(), UnixDomainSocketAddress.of(temp.resolve("a.sock")));
  }

  @Test
  void aConnectionIsKeptForTheNextRequest() throws IOException {
    for (SocketAddress each : listeners()) {
      try (Kept client = new Kept(each)) {
        for (String request :
            List.of(
                GET + "\r\n",
                "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/show/peers HTTP/1.1\r\nHost: localhost\r\n\r\n",
                GET + "\r\n")) {
          assertThat(client.ask(request))
              .startsWith("http/1.1 200 ")
              .doesNotContain("connection: close");
        }
        assertThat(client.ask("GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .startsWith("http/1.1 404 ")
            .doesNotContain("connection: close");
        assertThat(client.ask(GET + "\r\n")).startsWith("http/1.1 200 ");
      }
    }
  }

  @Test
  void aClientThatWantsOneAnswerOrCannotKeepItsConnectionGetsItsEnd() throws IOException {
    for (String last :
        List.of(
            GET + "Connection: close\r\n\r\n",
            "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      try (Kept client = new Kept(tcp())) {
        assertThat(client.ask(GET + "\r\n")).startsWith("http/1.1 200 ");
        assertThat(client.ask(last)).contains("connection: close");
        assertThat(client.isAtEnd()).as(last).isTrue();
      }
    }
  }

  @Test
  void theLastOfTheRequestsThatAConnectionMayHaveEndsIt() throws IOException {
    try (Kept client = new Kept(tcp())) {
      for (int i = 1; i < AdminGate.MAX_REQUESTS; i++) {
        assertThat(client.ask(GET + "\r\n")).doesNotContain("connection: close");
      }
      assertThat(client.ask(GET + "\r\n"))
          .startsWith("http/1.1 200 ")
          .contains("connection: close");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void keptConnectionsKeepNoScrapeOutAndTheLongestIdleOneGoesFirst() throws IOException {
    List<Kept> kept = new ArrayList<>();
    try {
      for (int i = 0; i < AdminConnections.MAX_CONNECTIONS; i++) {
        Kept one = new Kept(tcp());
        kept.add(one);
        assertThat(one.ask(GET + "\r\n")).startsWith("http/1.1 200 ");
      }
      // The first has asked again, so the second has waited longest.
      assertThat(kept.getFirst().ask(GET + "\r\n")).startsWith("http/1.1 200 ");
      try (Kept scrape = new Kept(tcp())) {
        assertThat(scrape.ask(GET + "\r\n")).startsWith("http/1.1 200 ");
      }
      assertThat(kept.get(1).isAtEnd()).isTrue();
      assertThat(kept.getFirst().ask(GET + "\r\n")).startsWith("http/1.1 200 ");
    } finally {
      for (Kept one : kept) {
        one.close();
      }
    }
  }

  private static EmbeddedChannel asked(AdminConnections open, String request) {
    EmbeddedChannel client = new EmbeddedChannel();
    client.freezeTime();
    AdminHandler.addTo(
        client, AdminHandler.overLoopback(any -> AdminAnswer.problem(404, "nothing")), open);
    client.writeInbound(Unpooled.copiedBuffer(request, US_ASCII));
    Await.until(
        "it is answered",
        () -> {
          client.runPendingTasks();
          return !client.outboundMessages().isEmpty();
        });
    return client;
  }

  private static void pass(EmbeddedChannel client, int seconds) {
    client.advanceTimeBy(seconds, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
  }

  @Test
  void anIdleConnectionIsKeptForItsTimeAndTheNextRequestHasItsOwn() {
    AdminConnections open = new AdminConnections();
    EmbeddedChannel idle = asked(open, GET + "\r\n");
    pass(idle, AdminGate.IDLE_TIMEOUT_SECONDS - 1);
    assertThat(idle.isOpen()).isTrue();
    pass(idle, 2);
    assertThat(idle.isOpen()).isFalse();

    EmbeddedChannel slow = asked(open, GET + "\r\n");
    slow.writeInbound(Unpooled.copiedBuffer("GET /metr", US_ASCII));
    pass(slow, AdminGate.REQUEST_TIMEOUT_SECONDS + 1);
    assertThat(slow.isOpen()).isFalse();
    assertThat(open.size()).isZero();
    idle.finishAndReleaseAll();
    slow.finishAndReleaseAll();
  }

  @Test
  void whatCameInOneReadBehindARequestEndsTheConnectionWithItsAnswer() {
    AdminConnections open = new AdminConnections();
    EmbeddedChannel client =
        asked(open, GET + "\r\n" + GET + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    StringBuilder all = new StringBuilder();
    for (ByteBuf some = client.readOutbound(); some != null; some = client.readOutbound()) {
      all.append(some.toString(US_ASCII));
      some.release();
    }
    assertThat(all.toString().toLowerCase(Locale.ROOT))
        .startsWith("http/1.1 404 ")
        .contains("connection: close")
        .containsOnlyOnce("http/1.1");
    assertThat(client.isOpen()).isFalse();
  }
}
