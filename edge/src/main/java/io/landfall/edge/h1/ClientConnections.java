package io.landfall.edge.h1;

import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The HTTP/1 connections of clients on one event loop: how many, which, and which may go first. */
public final class ClientConnections {
  private final EdgeLoop loop;
  private final Exchanges exchanges;
  private @Nullable ClientConnection first;
  private int count;

  /** Clients that have asked for nothing yet, in the order in which they came. */
  private final Set<ClientConnection> withoutRequest = new LinkedHashSet<>();

  /** None yet, on a loop whose requests are these. */
  public ClientConnections(EdgeLoop loop, Exchanges exchanges) {
    this.loop = loop;
    this.exchanges = exchanges;
  }

  EdgeLoop loop() {
    return loop;
  }

  Exchanges exchanges() {
    return exchanges;
  }

  EdgeRuntime runtime() {
    return exchanges.runtime();
  }

  /**
   * Handles one more client's connection, as the last of its channel's handlers.
   *
   * @param scheme the scheme of the listener that accepted it
   */
  public ChannelHandler handler(AsciiString scheme) {
    return new ClientConnection(this, scheme);
  }

  /** Whether there is room for one more client, for which an older one may have to go. */
  public boolean hasRoom() {
    return count < runtime().settings().limits().connections().maxClientConnections() || makeRoom();
  }

  /**
   * Closes the oldest connection on which no request has come, be it in its TLS handshake or in its
   * first head: whoever only holds places must not keep out those that use them.
   *
   * @return whether there was one
   */
  private boolean makeRoom() {
    Iterator<ClientConnection> oldest = withoutRequest.iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    ClientConnection gone = oldest.next();
    oldest.remove();
    ChannelIo.close(gone.channel());
    return true;
  }

  /** A client's first request is here; it keeps its place from now on. */
  void asks(ClientConnection client) {
    withoutRequest.remove(client);
  }

  void add(ClientConnection client) {
    runtime().counters().clientConnections.increment();
    count++;
    withoutRequest.add(client);
    client.next = first;
    if (first != null) {
      first.previous = client;
    }
    first = client;
  }

  void remove(ClientConnection client) {
    runtime().counters().clientConnections.decrement();
    count--;
    withoutRequest.remove(client);
    ClientConnection before = client.previous;
    ClientConnection after = client.next;
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

  /** Closes what waits too long. */
  public void tick(long nowNanos) {
    ClientConnection client = first;
    while (client != null) {
      ClientConnection following = client.next;
      client.tick(nowNanos);
      client = following;
    }
  }
}
