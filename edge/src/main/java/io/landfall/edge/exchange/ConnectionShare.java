package io.landfall.edge.exchange;

import io.netty.channel.ChannelFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections to backends the process may have open. A client over HTTP/2 wants one for
 * each of its requests, and the file descriptors of a process are for its other sockets and files
 * too. Any thread may call.
 */
public final class ConnectionShare {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  /** None are open. */
  ConnectionShare(int most) {
    this.most = most;
  }

  /** Takes a place, if one is left. */
  public boolean take() {
    if (open.incrementAndGet() <= most) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  /** Gives a place back when its connection does not come about, or is closed. */
  public void giveBack(ChannelFuture connecting) {
    if (!connecting.isSuccess()) {
      open.decrementAndGet();
    } else {
      connecting.channel().closeFuture().addListener(closed -> open.decrementAndGet());
    }
  }
}
