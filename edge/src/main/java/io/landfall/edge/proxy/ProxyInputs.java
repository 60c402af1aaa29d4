package io.landfall.edge.proxy;

import io.landfall.core.Addresses;
import io.landfall.edge.ProxyFault;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.loop.ClientPlaces;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one event loop that have to begin with a PROXY header, and have not yet. */
public final class ProxyInputs {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyInputs.class);

  /** Connections that are closed for their header are logged that often at most, by each loop. */
  static final long LOG_NANOS = 1_000_000_000;

  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final ClientPlaces places;

  /** In the order in which they came. */
  private final Set<ProxyInput> waiting = new LinkedHashSet<>();

  private long loggedNanos;
  private boolean logged;
  private long notLogged;

  /** None yet. */
  public ProxyInputs(EdgeLoop loop, EdgeRuntime runtime, ClientPlaces places) {
    this.loop = loop;
    this.runtime = runtime;
    this.places = places;
  }

  /**
   * Reads the header of one connection, as the only one of its channel's handlers.
   *
   * @param next adds the handlers that read what stands behind it
   */
  public ChannelHandler handler(Consumer<Channel> next) {
    return new ProxyInput(this, next);
  }

  EdgeLoop loop() {
    return loop;
  }

  void add(ProxyInput input) {
    places.enter(input.channel());
    waiting.add(input);
  }

  void remove(ProxyInput input) {
    if (waiting.remove(input)) {
      places.leave(input.channel());
    }
  }

  /** A connection is closed for its header; one in a second is logged. */
  void refused(Channel channel, ProxyFault fault) {
    runtime.counters().refused(fault);
    long now = loop.nowNanos();
    if (logged && now - loggedNanos < LOG_NANOS) {
      notLogged++;
      return;
    }
    logged = true;
    loggedNanos = now;
    LOG.atWarn()
        .addKeyValue("from", text(channel.remoteAddress()))
        .addKeyValue("listener", text(channel.localAddress()))
        .addKeyValue("why", fault.text())
        .addKeyValue("notLogged", notLogged)
        .log("a source under edge.listen[].proxy-protocol sent no PROXY header that is taken");
    notLogged = 0;
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress socket
        ? Addresses.format(socket)
        : String.valueOf(address);
  }

  /** Ends those whose header has not come in time. */
  public void tick(long nowNanos) {
    long limitNanos = runtime.settings().timeouts().clients().requestHeadMillis() * 1_000_000;
    Iterator<ProxyInput> oldest = waiting.iterator();
    while (oldest.hasNext()) {
      ProxyInput input = oldest.next();
      if (nowNanos - input.sinceNanos() <= limitNanos) {
        return;
      }
      oldest.remove();
      places.leave(input.channel());
      input.fail(ProxyFault.TIMEOUT);
    }
  }
}
