package io.landfall.edge.h1;

import io.landfall.edge.OriginPlace;
import io.landfall.edge.exchange.Destinations;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** The connections of one event loop to the backends beside this node. */
public final class OriginPools {
  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final Bootstrap bootstrap;
  // As many as backends.
  private final Map<OriginPlace, OriginPool> pools = new LinkedHashMap<>();

  /**
   * No connection yet.
   *
   * @param loop the event loop
   * @param runtime what all loops share
   * @param bootstrap opens a connection on that loop
   */
  public OriginPools(EdgeLoop loop, EdgeRuntime runtime, Bootstrap bootstrap) {
    this.loop = loop;
    this.runtime = runtime;
    // A backend may answer and close before it has read the request: a write that fails for that
    // must not take away the answer, which has arrived.
    this.bootstrap = bootstrap.clone().option(ChannelOption.AUTO_CLOSE, false);
  }

  EdgeLoop loop() {
    return loop;
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  /** From now on, a connection may take so long to come about. */
  public void connectWithin(int millis) {
    bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis);
  }

  Bootstrap bootstrap() {
    return bootstrap;
  }

  /** The connections to the backend at that place. */
  public Destinations.Origin of(OriginPlace place) {
    return pools.computeIfAbsent(place, at -> new OriginPool(this, at));
  }

  /** Closes a connection that is idle, to whichever backend; false if none is. */
  public boolean makeRoom() {
    for (OriginPool pool : pools.values()) {
      if (pool.makeRoom()) {
        return true;
      }
    }
    return false;
  }

  /** Closes what was idle for too long. */
  public void tick(long nowNanos) {
    pools.values().removeIf(pool -> pool.tick(nowNanos));
  }
}
