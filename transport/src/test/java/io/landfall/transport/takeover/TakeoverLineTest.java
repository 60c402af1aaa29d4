package io.landfall.transport.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.Sockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes talk over a Unix socket, and one gets what the other has open. */
class TakeoverLineTest {
  private static final long MILLIS = 30_000;
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.ofLiteral("127.64.0.3"), 0);

  @TempDir Path folder;

  private final EventLoopGroup loops = Sockets.loops(1, "takeover-test");

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private Path listen(Consumer<TakeoverLine> conversation) throws IOException {
    Path socket = folder.resolve("socket");
    TakeoverListener.open(loops, socket, conversation);
    return socket;
  }

  /** What a side does; it fails where the other is gone. */
  private interface Part {
    void talk(TakeoverLine line) throws IOException;
  }

  private static Consumer<TakeoverLine> part(Part part) {
    return line -> {
      try {
        part.talk(line);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /** A listening socket that names who has accepted a connection. */
  private Channel listener(String name, OpenSockets open, BlockingQueue<String> accepted) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(open.or(EpollServerSocketChannel::new))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.add(name);
                    channel.pipeline().addLast(new Closing());
                  }
                });
    return open.listen(bootstrap, ANY).awaitUninterruptibly().channel();
  }

  private static final class Closing extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.close();
    }
  }

  @Test
  void aListeningSocketIsPassedAndWhatWaitsThereIsNotLost() throws Exception {
    BlockingQueue<String> accepted = new LinkedBlockingQueue<>();
    Channel old = listener("old", OpenSockets.NONE, accepted);
    ListeningSocket.Use use = ListeningSocket.Use.CLIENTS;
    InetSocketAddress at = (InetSocketAddress) old.localAddress();
    int descriptor = OpenSockets.of(use, at, old).orElseThrow().descriptor();
    Path socket =
        listen(
            part(
                line -> {
                  assertThat(line.receive(MILLIS)).isEqualTo("hello");
                  line.send("one");
                  assertThat(line.receive(MILLIS)).isEqualTo("sockets");
                  line.pass(List.of(descriptor));
                  assertThat(line.receive(MILLIS)).isEqualTo("thanks");
                  line.send("bye");
                }));
    OpenSockets.accept(old, false);
    List<Integer> open;
    try (TakeoverLine line = TakeoverLine.connect(loops, socket)) {
      line.send("hello");
      assertThat(line.receive(MILLIS)).isEqualTo("one");
      open = line.ask("sockets", 1, MILLIS);
      assertThat(open).hasSize(1).doesNotContain(descriptor);
      line.send("thanks");
      assertThat(line.receive(MILLIS)).isEqualTo("bye");
    }
    try (Socket client = new Socket(at.getAddress(), at.getPort())) {
      old.close().awaitUninterruptibly();
      GivenSockets given = new GivenSockets(List.of(new ListeningSocket(use, at, open.getFirst())));
      Channel next = listener("new", OpenSockets.take(given, use, at), accepted);
      assertThat(accepted.poll(MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("new");
      assertThat(client.getInputStream().read()).as("it was closed in order").isNegative();
      assertThat(given.take(use, at)).as("it is taken once").isEmpty();
      next.close().awaitUninterruptibly();
    }
  }

  @Test
  void aListenerThatWaitedAcceptsWhatCameMeanwhile() throws Exception {
    BlockingQueue<String> accepted = new LinkedBlockingQueue<>();
    Channel old = listener("old", OpenSockets.NONE, accepted);
    InetSocketAddress at = (InetSocketAddress) old.localAddress();
    OpenSockets.accept(old, false);
    try (Socket client = new Socket(at.getAddress(), at.getPort())) {
      loops.submit(() -> {}).syncUninterruptibly();
      assertThat(accepted).isEmpty();
      OpenSockets.accept(old, true);
      assertThat(accepted.poll(MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("old");
      assertThat(client.getInputStream().read()).isNegative();
    }
    old.close().awaitUninterruptibly();
  }

  @Test
  void theOtherSidesEndIsNoticedAndSoIsItsSilence() throws IOException {
    CountDownLatch ends = new CountDownLatch(1);
    Path socket =
        listen(
            line -> {
              try {
                boolean _ = ends.await(MILLIS, TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (TakeoverLine line = TakeoverLine.connect(loops, socket)) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      line.whenClosed(() -> closed.complete(null));
      assertThatThrownBy(() -> line.receive(1)).hasMessage("the other process does not answer");
      assertThat(closed).isNotDone();
      ends.countDown();
      assertThatThrownBy(() -> line.receive(MILLIS)).hasMessage("the other process is gone");
      closed.join();
    }
  }

  @Test
  void oneTakesOverAtATime() throws IOException {
    CountDownLatch ends = new CountDownLatch(1);
    Path socket =
        listen(
            part(
                line -> {
                  line.send("you are the first");
                  assertThat(line.receive(MILLIS)).isEqualTo("end");
                  ends.countDown();
                }));
    try (TakeoverLine first = TakeoverLine.connect(loops, socket)) {
      assertThat(first.receive(MILLIS)).isEqualTo("you are the first");
      try (TakeoverLine second = TakeoverLine.connect(loops, socket)) {
        assertThat(second.receive(MILLIS)).isEqualTo("no another process is taking over already");
      }
      // The line is gone as soon as the conversation has ended.
      assertThat(first.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
      first.send("end");
    }
    assertThatThrownBy(() -> TakeoverLine.connect(loops, folder.resolve("none")))
        .hasMessageStartingWith("nothing listens at ");
  }
}
