package io.landfall.edge.h1;

import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.LocalResponses;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ClientPlaces;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The HTTP/1 connections of clients on one event loop. */
public final class ClientConnections {
  private final EdgeLoop loop;
  private final Exchanges exchanges;
  private final ClientPlaces places;
  private final Http2Clients http2;
  private @Nullable ClientConnection first;

  /** None yet, on a loop whose requests are these, and whose clients of HTTP/2 go elsewhere. */
  public ClientConnections(
      EdgeLoop loop, Exchanges exchanges, ClientPlaces places, Http2Clients http2) {
    this.loop = loop;
    this.exchanges = exchanges;
    this.places = places;
    this.http2 = http2;
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
   * @param http2 whether that takes HTTP/2
   */
  public ChannelHandler handler(AsciiString scheme, boolean http2) {
    return new ClientConnection(this, scheme, http2);
  }

  /** A client's request passed the gate. */
  Exchange begin(ClientConnection client, RequestHead request) {
    runtime().counters().http1Requests.increment();
    return new Exchange(exchanges, request, client, Optional.empty());
  }

  /** What answers a request that the gate refuses. */
  LocalResponses.Answer refusal(ClientConnection client, HttpViolation rule) {
    runtime().counters().refused(rule);
    LocalResponses.Answer answer = runtime().localResponses().refused(rule, exchanges.date());
    exchanges.refused(client.remote(), rule, answer);
    return answer;
  }

  /** A client's first request is here. */
  void asks(ClientConnection client) {
    places.asks(client.channel());
  }

  /** Where clients go that speak HTTP/2. */
  Http2Clients http2() {
    return http2;
  }

  void add(ClientConnection client) {
    places.enter(client.channel());
    client.next = first;
    if (first != null) {
      first.previous = client;
    }
    first = client;
  }

  void remove(ClientConnection client) {
    places.leave(client.channel());
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
    each(client -> client.tick(nowNanos));
  }

  /** Closes in order what has no request: under TLS with close_notify. */
  public void endIdle() {
    each(ClientConnection::endIdle);
  }

  /** Does something with each, which may end it. */
  private void each(Consumer<ClientConnection> action) {
    ClientConnection client = first;
    while (client != null) {
      ClientConnection following = client.next;
      action.accept(client);
      client = following;
    }
  }
}
