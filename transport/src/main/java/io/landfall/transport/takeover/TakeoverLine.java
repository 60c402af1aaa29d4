package io.landfall.transport.takeover;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PeerCredentials;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One end of a conversation between two processes of a node: each side sends a line and waits for
 * the other's, or passes file descriptors (SCM_RIGHTS, unix(7)). Blocks; for one thread.
 *
 * <p>Lines and descriptors never follow each other without an answer in between: who reads bytes
 * from a Unix socket loses the descriptors that come with them. So descriptors are sent only when
 * the other side has asked for them, and asks for the next line only when it has them all.
 */
public final class TakeoverLine implements AutoCloseable {
  /** The longest line, in bytes: what is passed of upstream sessions is bounded by it. */
  public static final int MAX_LINE_BYTES = 4 * 1024 * 1024;

  /** What may wait to be read: a peer that answers without being asked is cut off. */
  private static final int MAX_WAITING = 16_384;

  private static final Object END = new Object();

  private final EpollDomainSocketChannel channel;
  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>(MAX_WAITING);
  private final StringBuilder begun = new StringBuilder();

  private TakeoverLine(EpollDomainSocketChannel channel) {
    this.channel = channel;
  }

  /** Whether this machine can do it. */
  public static boolean isPossible() {
    return Epoll.isAvailable();
  }

  /** The user that this process runs as, by the system's number. */
  static int ownUser() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** An end on a connection that is being set up; reads from now on. */
  static TakeoverLine on(EpollDomainSocketChannel channel) {
    TakeoverLine line = new TakeoverLine(channel);
    channel.pipeline().addLast(line.new Reader());
    return line;
  }

  /**
   * Connects to the other process.
   *
   * @throws IOException when none listens there
   */
  public static TakeoverLine connect(EventLoopGroup loops, Path socket) throws IOException {
    EpollDomainSocketChannel channel = new EpollDomainSocketChannel();
    TakeoverLine line = on(channel);
    ChannelFuture connected =
        new Bootstrap()
            .group(loops)
            .channelFactory(() -> channel)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new DomainSocketAddress(socket.toFile()))
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw new IOException("nothing listens at " + socket, connected.cause());
    }
    return line;
  }

  /** The process at the other end, as the system proves it (SO_PEERCRED). */
  public PeerCredentials peer() throws IOException {
    return channel.peerCredentials();
  }

  /**
   * Sends a line, which has no line break.
   *
   * @throws IOException when the other side is gone
   */
  public void send(String line) throws IOException {
    write(Unpooled.copiedBuffer(line + "\n", StandardCharsets.UTF_8));
  }

  /**
   * Passes open files, which stay open here too.
   *
   * @throws IOException when the other side is gone
   */
  public void pass(List<Integer> descriptors) throws IOException {
    for (int each : descriptors) {
      write(new FileDescriptor(each));
    }
  }

  private void write(Object message) throws IOException {
    ChannelFuture written = channel.writeAndFlush(message).awaitUninterruptibly();
    if (!written.isSuccess()) {
      throw new IOException("the other process is gone", written.cause());
    }
  }

  /**
   * Waits for a line.
   *
   * @throws IOException when the other side is gone, or sends nothing for that long
   */
  public String receive(long millis) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (begun.indexOf("\n") < 0) {
      if (begun.length() > MAX_LINE_BYTES) {
        throw new IOException("the other process sent more than a line may have");
      }
      begun.append(next(until) instanceof String text ? text : "");
    }
    int end = begun.indexOf("\n");
    byte[] line = begun.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
    begun.delete(0, end + 1);
    return new String(line, StandardCharsets.UTF_8);
  }

  /**
   * Asks with a line, and waits for so many open files, which are this process's from then on.
   *
   * @throws IOException when they do not come; those that came are closed again
   */
  public List<Integer> ask(String line, int count, long millis) throws IOException {
    channel.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
    List<Integer> all = new ArrayList<>();
    try {
      send(line);
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (all.size() < count) {
        if (next(until) instanceof FileDescriptor open) {
          all.add(open.intValue());
        }
      }
      channel.config().setReadMode(DomainSocketReadMode.BYTES);
      return all;
    } catch (IOException e) {
      closeAll(all);
      throw e;
    }
  }

  /** Closes open files that came and are of no use. */
  public static void closeAll(List<Integer> descriptors) {
    for (int each : descriptors) {
      try {
        new FileDescriptor(each).close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }

  private Object next(long untilNanos) throws IOException {
    try {
      Object next = arrived.poll(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new IOException("the other process does not answer");
      }
      if (next == END) {
        arrived.add(END);
        throw new IOException("the other process is gone");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("this process stops", e);
    }
  }

  /** Runs something once the other side, or this one, has ended the conversation; on any thread. */
  public void whenClosed(Runnable task) {
    channel.closeFuture().addListener(gone -> task.run());
  }

  /** Ends the conversation: what was sent before arrives. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }

  /** From the event loop to who waits. */
  private final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      Object taken = message;
      if (message instanceof ByteBuf bytes) {
        // A byte is a character here, so that none is cut in two.
        taken = bytes.toString(StandardCharsets.ISO_8859_1);
        ReferenceCountUtil.release(bytes);
      }
      // The last place is for the end.
      if (arrived.remainingCapacity() <= 1 || !arrived.offer(taken)) {
        drop(taken);
        context.close();
      }
    }

    private void drop(Object taken) {
      if (taken instanceof FileDescriptor open) {
        closeAll(List.of(open.intValue()));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      var _ = arrived.offer(END);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  @Override
  public String toString() {
    return "takeover " + ((Channel) channel).id().asShortText();
  }
}
