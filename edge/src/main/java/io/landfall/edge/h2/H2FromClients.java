package io.landfall.edge.h2;

import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.http.HostCheck;
import io.landfall.edge.loop.ChannelAddresses;
import io.landfall.edge.loop.ClientPlaces;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP/2 connections of clients on one event loop. */
public final class H2FromClients {
  private static final Logger LOG = LoggerFactory.getLogger(H2FromClients.class);

  private final EdgeLoop loop;
  private final Exchanges exchanges;
  private final ClientPlaces places;
  private final LoggedFailures logged = new LoggedFailures();
  private boolean tight;
  private @Nullable H2FromClient first;

  /** None yet, on a loop whose requests are these. */
  public H2FromClients(EdgeLoop loop, Exchanges exchanges, ClientPlaces places) {
    this.loop = loop;
    this.exchanges = exchanges;
    this.places = places;
  }

  EdgeLoop loop() {
    return loop;
  }

  Exchanges exchanges() {
    return exchanges;
  }

  /**
   * Serves a connection on which HTTP/2 was agreed on, or has begun.
   *
   * @param channel the connection
   * @param scheme the scheme of its listener
   * @param hosts the hosts for which requests may come on it
   * @param bytes what has arrived on it already, which is taken over
   */
  public void take(Channel channel, AsciiString scheme, HostCheck hosts, ByteBuf bytes) {
    H2FromClient client = H2FromClient.create(this, scheme, hosts);
    channel.pipeline().addLast(client);
    client.begin(bytes);
  }

  void add(H2FromClient client, Channel channel) {
    places.enter(channel);
    exchanges.runtime().counters().http2Connections.increment();
    client.next = first;
    if (first != null) {
      first.previous = client;
    }
    first = client;
  }

  void remove(H2FromClient client, Channel channel) {
    places.leave(channel);
    exchanges.runtime().counters().http2Connections.decrement();
    H2FromClient before = client.previous;
    H2FromClient after = client.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    client.previous = null;
  }

  /** A client's first request is here. */
  void asks(Channel client) {
    places.asks(client);
  }

  /** A connection ends with an error; one in a second is logged, for clients choose how many. */
  void failed(Channel client, Throwable cause, boolean calm, long glitches) {
    if (calm) {
      exchanges.runtime().counters().floodedClients.increment();
    }
    OptionalLong notLogged = logged.take(loop.nowNanos());
    if (notLogged.isEmpty()) {
      return;
    }
    LOG.atInfo()
        .addKeyValue("client", ChannelAddresses.remote(client))
        .addKeyValue("why", cause.getMessage())
        .addKeyValue("glitches", glitches)
        .addKeyValue("notLogged", notLogged.getAsLong())
        .log("HTTP/2 with a client failed, the connection ends");
  }

  /** Tells all to go on elsewhere, without a break of what is under way. */
  public void leaveAll() {
    onEach(H2FromClient::sayGoodbye);
  }

  /** Whether requests at once are kept few. */
  boolean isTight() {
    return tight;
  }

  /** Ends those that have waited too long. */
  public void tick(long nowNanos) {
    tight = tight ? !loop.inputMemory().isAmple() : loop.inputMemory().isTight();
    onEach(client -> client.tick(nowNanos));
  }

  private void onEach(Consumer<H2FromClient> action) {
    H2FromClient client = first;
    while (client != null) {
      H2FromClient following = client.next;
      action.accept(client);
      client = following;
    }
  }
}
