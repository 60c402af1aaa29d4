package io.landfall.edge.loop;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many clients are connected to one event loop, in whatever version of HTTP, and which of them
 * may have to go for a new one.
 */
public final class ClientPlaces {
  private int most;
  private final LongAdder gauge;
  private final LongAdder evicted;
  private int count;

  /** Clients that have asked for nothing yet, in the order in which they came. */
  private final Set<Channel> withoutRequest = new LinkedHashSet<>();

  /**
   * None is taken yet.
   *
   * @param most how many there are
   * @param gauge counts clients of all loops
   * @param evicted counts those of all loops that had to go for a new one
   */
  public ClientPlaces(int most, LongAdder gauge, LongAdder evicted) {
    this.most = most;
    this.gauge = gauge;
    this.evicted = evicted;
  }

  /** There is room for so many from now on; those that are too many stay. */
  public void resize(int other) {
    most = other;
  }

  /** Whether there is room for one more client, for which an older one may have to go. */
  public boolean hasRoom() {
    return count < most || makeRoom();
  }

  /**
   * Closes the oldest connection on which no request has come, be it in its TLS handshake or in its
   * first head: whoever only holds places must not keep out those that use them.
   *
   * @return whether there was one
   */
  private boolean makeRoom() {
    Iterator<Channel> oldest = withoutRequest.iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    Channel gone = oldest.next();
    oldest.remove();
    evicted.increment();
    ChannelIo.closeNow(gone);
    return true;
  }

  /** A client is here. */
  public void enter(Channel client) {
    gauge.increment();
    count++;
    withoutRequest.add(client);
  }

  /** A client's first request is here; it keeps its place from now on. */
  public void asks(Channel client) {
    withoutRequest.remove(client);
  }

  /** A client is gone. */
  public void leave(Channel client) {
    gauge.decrement();
    count--;
    withoutRequest.remove(client);
  }
}
