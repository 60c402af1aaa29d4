package io.landfall.transport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Event loops that close what is open on them when they end.
 *
 * <p>Netty's own close it in a round of I/O, tasks and the question whether to end, if the shutdown
 * was asked for before the tasks. One that learns of it later in a round, and has a quiet period of
 * 0, ends in that round: its sockets, and what waits to leave on them, would never be released.
 */
final class SocketLoops extends MultiThreadIoEventLoopGroup {
  SocketLoops(int threads, ThreadFactory threadFactory, IoHandlerFactory io) {
    super(threads, threadFactory, io);
  }

  @Override
  protected IoEventLoop newChild(Executor executor, IoHandlerFactory io, Object... args) {
    return new SingleThreadIoEventLoop(this, executor, io) {
      @Override
      protected boolean confirmShutdown() {
        if (isShuttingDown()) {
          ioHandler().prepareToDestroy();
        }
        return super.confirmShutdown();
      }
    };
  }
}
