package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.TlsBackends;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to nodes and backends that end while, or just before, a request is written. */
class EndedConnectionsTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\nbody";

  private static final int WAIT_MILLIS = 20_000;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestSite fra = opened(new TestSite("fra", 1, H2Origin::oneLoop));

  /** TLS which has encrypted nothing of what is written, when the connection is closed. */
  private static final class WrittenTooLate extends ChannelOutboundHandlerAdapter {
    private final AtomicInteger held = new AtomicInteger();

    /** Only the event loop. */
    private final List<ChannelPromise> writes = new ArrayList<>();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      writes.add(promise.unvoid());
      held.incrementAndGet();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
      for (ChannelPromise each : writes) {
        each.setFailure(new SSLException("SSLEngine closed already"));
      }
      context.close(promise);
    }
  }

  /** A connection whose other end is gone, which only a write finds out. */
  private static final class BrokenPipe extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof ByteBuf) {
        ReferenceCountUtil.release(message);
        promise.setFailure(new IOException("Broken pipe"));
      } else {
        context.write(message, promise);
      }
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.addFirst(each);
    return each;
  }

  private TestSite forwarding() {
    TestSite nyc = opened(new TestSite("nyc", 2));
    nyc.publish(Signal.UP, backends(opened(TestBackend.saying("there"))));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    assertThat(get().body()).isEqualTo("there");
    return nyc;
  }

  private RawClient.Answer get() {
    return RawClient.get(fra.http(), "shop.test", "/");
  }

  @Test
  void aRequestThatHasNotLeftWhenThePathToItsNodeIsLostIsSentOnANewConnection() {
    TestSite nyc = forwarding();
    WrittenTooLate late = new WrittenTooLate();
    fra.dialled.getFirst().pipeline().addFirst(late);
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      TestSite.await("its head is written", () -> late.held.get() > 0);
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().body()).isEqualTo("there");
    }
    assertThat(fra.dialled).hasSize(2);
  }

  @Test
  void aRequestThatCannotBeWrittenToANodeIsSentOnANewConnection() {
    forwarding();
    fra.dialled.getFirst().pipeline().addFirst(new BrokenPipe());
    assertThat(get().body()).isEqualTo("there");
    assertThat(get().body()).isEqualTo("there");
    assertThat(fra.dialled).hasSize(2);
    assertThat(fra.dialled.getFirst().isOpen()).isFalse();
  }

  @Test
  void aBackendThatEndsTlsAndNotTheConnectionIsAskedOnANewOneWhateverTheMethod(@TempDir Path folder)
      throws IOException {
    TestKeys keys = new TestKeys(folder).authority("ca").site("good", "ca", "dns:app.test");
    TestBackend.Layer tls =
        new TlsBackends()
            .over(
                keys.server("good", "ca"),
                false,
                parameters -> parameters.setApplicationProtocols(new String[] {"h2"}));
    List<Socket> below = new CopyOnWriteArrayList<>();
    CountDownLatch over = new CountDownLatch(1);
    H2Origin origin =
        opened(
            new H2Origin(
                (frame, from) -> {
                  H2Origin.sayAtTheEnd(frame, from, "hello");
                  if (H2Origin.ends(frame)) {
                    from.endOutput();
                    TestBackend.holdUntil(over);
                  }
                },
                new RawFrames().settings(0, 0),
                accepted -> {
                  below.add(accepted);
                  return tls.over(accepted);
                }));
    open.addFirst(over::countDown);
    fra.publish(
        Signal.UP,
        List.of(
            origin.server(
                Optional.of(
                    TlsBackends.verifying(Optional.empty(), keys.certificate("ca"))
                        .to("app.test", origin.address().getPort(), OriginProtocol.HTTP_2)))));
    assertThat(get().body()).isEqualTo("hello");
    // Until the edge has closed it, which is not for its being idle: that takes 30 s.
    below.getFirst().setSoTimeout(WAIT_MILLIS);
    below.getFirst().getInputStream().transferTo(OutputStream.nullOutputStream());
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(client.send(POST).read().body()).isEqualTo("hello");
    }
    assertThat(origin.links).hasSize(2);
  }
}
