package io.landfall.transport.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.Sockets;
import io.landfall.transport.TestOwner;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpStreams;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A listening socket for BGP that another process goes on with has the TCP MD5 keys of that
 * process's config, and those of this one's again if this one goes on.
 */
class PassedKeysTest {
  private static final long MILLIS = 30_000;
  private static final InetAddress HERE = InetAddress.ofLiteral("127.64.0.5");
  private static final InetAddress THERE = InetAddress.ofLiteral("127.64.0.6");
  private static final ListeningSocket.Use USE = ListeningSocket.Use.SERVICE_HOSTS;

  @TempDir Path folder;

  private final EventLoopGroup loops = Sockets.loops(1, "passed-keys-test");
  private final TestOwner owner = new TestOwner();

  @AfterEach
  void stop() {
    owner.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void theKeysAreThoseOfWhoListens() throws Exception {
    BlockingQueue<String> old = new LinkedBlockingQueue<>();
    BlockingQueue<String> next = new LinkedBlockingQueue<>();
    Channel first =
        streams(1, Optional.of("swordfish"), old)
            .listen(new InetSocketAddress(HERE, 0))
            .syncUninterruptibly()
            .channel();
    InetSocketAddress at = (InetSocketAddress) first.localAddress();
    ListeningSocket open = OpenSockets.of(USE, at, first).orElseThrow();
    assertThat(open.keyed()).containsExactly(THERE);
    OpenSockets.accept(first, false);

    // Another process, in whose config the neighbour has no password.
    ListeningSocket passed = new ListeningSocket(USE, at, passed(open.descriptor()), open.keyed());
    OpenSockets given = OpenSockets.take(new GivenSockets(List.of(passed)), USE, at);
    Channel second =
        streams(1, Optional.empty(), next).listen(at, given).syncUninterruptibly().channel();
    assertThat(OpenSockets.of(USE, at, second).orElseThrow().keyed()).isEmpty();
    try (Socket neighbor = new Socket()) {
      neighbor.bind(new InetSocketAddress(THERE, 0));
      neighbor.connect(at, (int) MILLIS);
      assertThat(next.poll(MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("opened");
    }
    second.close().syncUninterruptibly();

    // It has died, and the first one goes on.
    OpenSockets.accept(first, true);
    BgpTcpStreams signed = dialler(at, "swordfish");
    owner.execute(() -> signed.dial("one"));
    assertThat(old.poll(MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("opened");
    first.close().syncUninterruptibly();
  }

  /** The same socket under another descriptor, as another process gets it. */
  private int passed(int descriptor) throws IOException {
    Path socket = folder.resolve("socket");
    TakeoverListener.open(
        loops,
        socket,
        line -> {
          try {
            line.receive(MILLIS);
            line.pass(List.of(descriptor));
            line.receive(MILLIS);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    try (TakeoverLine line = TakeoverLine.connect(loops, socket)) {
      int passed = line.ask("sockets", 1, MILLIS).getFirst();
      line.send("thanks");
      return passed;
    }
  }

  private BgpTcpStreams streams(int port, Optional<String> key, BlockingQueue<String> events) {
    return streams(
        new BgpTcpSpec(
            new InetSocketAddress(THERE, port),
            Optional.empty(),
            key.map(PassedKeysTest::key),
            0,
            BgpTcpSpec.Timeouts.DEFAULT),
        events);
  }

  private BgpTcpStreams dialler(InetSocketAddress to, String key) {
    return streams(
        new BgpTcpSpec(
            to, Optional.of(THERE), Optional.of(key(key)), 0, BgpTcpSpec.Timeouts.DEFAULT),
        new LinkedBlockingQueue<>());
  }

  private static BgpTcpSpec.Md5Key key(String text) {
    return new BgpTcpSpec.Md5Key(text.getBytes(StandardCharsets.UTF_8));
  }

  private BgpTcpStreams streams(BgpTcpSpec neighbor, BlockingQueue<String> events) {
    return new BgpTcpStreams(
        Map.of("one", neighbor),
        new BgpTcpStreams.Host(owner.loops(), owner),
        BgpTcpStreams.Reading.GOES_ON,
        new Recorder(events));
  }

  /** Notes when a stream is open. */
  private record Recorder(BlockingQueue<String> events) implements BgpTcpStreams.Events {
    @Override
    public void opened(String neighbor, long stream, InetAddress local, Direction direction) {
      events.add("opened");
    }

    @Override
    public void dialFailed(String neighbor, String why) {
      events.add("failed: " + why);
    }

    @Override
    public void received(long stream, byte[] bytes) {}

    @Override
    public void filled(long stream) {}

    @Override
    public void drained(long stream) {}

    @Override
    public void ended(long stream, String why) {}
  }
}
