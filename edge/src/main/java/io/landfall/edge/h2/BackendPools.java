package io.landfall.edge.h2;

import io.landfall.edge.OriginPlace;
import io.landfall.edge.exchange.Destinations;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The connections of one event loop to the backends beside this node that speak HTTP/2. */
public final class BackendPools {
  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final Bootstrap bootstrap;
  private final H2Failures failures = new H2Failures();
  // As many as backends.
  private final BooleanSupplier makeRoom;
  private final Map<OriginPlace, BackendPool> pools = new LinkedHashMap<>();

  /**
   * No connection yet.
   *
   * @param loop the event loop
   * @param runtime what all loops share
   * @param bootstrap opens a connection on that loop
   * @param makeRoom closes an idle connection to a backend over HTTP/1.1, if there is one
   */
  public BackendPools(
      EdgeLoop loop, EdgeRuntime runtime, Bootstrap bootstrap, BooleanSupplier makeRoom) {
    this.makeRoom = makeRoom;
    this.loop = loop;
    this.runtime = runtime;
    // What a backend has sent before a write fails is read all the same.
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

  BooleanSupplier makeRoom() {
    return makeRoom;
  }

  /** Connections of all its pools that end with an error. */
  H2Failures failures() {
    return failures;
  }

  /** The connections to the backend at that place. */
  public Destinations.Origin of(OriginPlace place) {
    return pools.computeIfAbsent(place, at -> new BackendPool(this, at));
  }

  /** Closes what was idle for too long. */
  public void tick(long nowNanos) {
    // A copy: what waits too long for one may go to another, whose pool is made then.
    for (Map.Entry<OriginPlace, BackendPool> each : List.copyOf(pools.entrySet())) {
      if (each.getValue().tick(nowNanos)) {
        pools.remove(each.getKey());
      }
    }
  }
}
