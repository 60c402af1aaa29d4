package io.landfall.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;

/** An owner with an event loop of its own, as a node's control thread is one. */
public final class TestOwner implements OwnerLoop, AutoCloseable {
  private final EventLoopGroup loops = Sockets.loops(1, "test-owner");
  private final EventLoop loop = loops.next();

  /** An owner whose loop runs. */
  public TestOwner() {}

  /** The group of its one loop. */
  public EventLoopGroup loops() {
    return loops;
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public void hereOrLater(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
