package io.landfall.transport.takeover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a process of the same node may come to take over. It has to be of the same user, or of
 * root, as the system proves it; one comes at a time, and another is turned away.
 */
public final class TakeoverListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.takeover");

  private static final int ROOT = 0;

  private final Consumer<TakeoverLine> conversation;
  private final int ownUser;
  private final Semaphore one = new Semaphore(1);
  private final Channel listener;

  private TakeoverListener(EventLoopGroup loops, Path socket, Consumer<TakeoverLine> conversation)
      throws IOException {
    this.conversation = conversation;
    this.ownUser = TakeoverLine.ownUser();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<EpollDomainSocketChannel>() {
                  @Override
                  protected void initChannel(EpollDomainSocketChannel channel) throws IOException {
                    accepted(channel);
                  }
                })
            .bind(new DomainSocketAddress(socket.toFile()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("no socket at " + socket, bound.cause());
    }
    this.listener = bound.channel();
  }

  /**
   * Listens.
   *
   * @param socket where; only this user should be able to reach it
   * @param conversation has the conversation with one process, on a thread of its own, and may
   *     block
   * @throws IOException when that cannot be had
   */
  public static TakeoverListener open(
      EventLoopGroup loops, Path socket, Consumer<TakeoverLine> conversation) throws IOException {
    return new TakeoverListener(loops, socket, conversation);
  }

  private void accepted(EpollDomainSocketChannel channel) throws IOException {
    PeerCredentials who = channel.peerCredentials();
    if (who.uid() != ownUser && who.uid() != ROOT) {
      log.atWarn()
          .addKeyValue("pid", who.pid())
          .addKeyValue("uid", who.uid())
          .log("a process of another user may not take over");
      channel.close();
      return;
    }
    TakeoverLine line = TakeoverLine.on(channel);
    if (!one.tryAcquire()) {
      Thread.ofVirtual().name("landfall-takeover-busy").start(() -> turnAway(line));
      return;
    }
    Thread.ofVirtual()
        .name("landfall-takeover")
        .start(
            () -> {
              try (line) {
                conversation.accept(line);
              } finally {
                one.release();
              }
            });
  }

  private static void turnAway(TakeoverLine line) {
    try (line) {
      line.send("no another process is taking over already");
    } catch (IOException e) {
      log.atDebug().log("it is gone already");
    }
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }
}
