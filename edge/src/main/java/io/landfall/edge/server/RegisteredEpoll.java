package io.landfall.edge.server;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll, in which a channel's descriptor stays registered until the channel is closed.
 *
 * <p>Netty (4.2.18, since netty/netty#16689) takes a descriptor out of epoll when its channel waits
 * for no event, and modifies a registration that is gone when it waits for one again: ENOENT. A
 * channel waits for none when its peer has ended its direction (no more EPOLLIN and EPOLLRDHUP) and
 * all that was written has left. If a later write finds no room, which the channel then has to wait
 * for, Netty takes the failure for one of the write, shuts the output, and drops what is left.
 *
 * <p>So here a channel that waits for nothing waits for errors alone, once per error (EPOLLET): a
 * hang-up would else be reported without end, for which Netty takes the descriptor out.
 */
final class RegisteredEpoll implements IoHandler {
  private final IoHandler epoll;

  private RegisteredEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  /** Makes one for each event loop. */
  static IoHandlerFactory newFactory() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return executor -> new RegisteredEpoll(epoll.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(epoll.register(handle));
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return epoll.isCompatible(type);
  }

  /** The registration of one channel. */
  private static final class Registration implements IoRegistration {
    private final IoRegistration inEpoll;

    /** Whether the descriptor is in epoll: it is put there with the first event to wait for. */
    private volatile boolean added;

    Registration(IoRegistration inEpoll) {
      this.inEpoll = inEpoll;
    }

    // The signature is Netty's.
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> T attachment() {
      return inEpoll.attachment();
    }

    @Override
    public long submit(IoOps events) {
      boolean none = EpollIoOps.NONE.equals(events);
      added |= !none;
      return inEpoll.submit(none && added ? EpollIoOps.EPOLLET : events);
    }

    @Override
    public boolean isValid() {
      return inEpoll.isValid();
    }

    @Override
    public boolean cancel() {
      return inEpoll.cancel();
    }
  }
}
