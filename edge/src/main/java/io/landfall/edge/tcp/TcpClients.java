package io.landfall.edge.tcp;

import io.landfall.core.ServiceName;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.http.TcpRequest;
import io.landfall.edge.loop.ClientPlaces;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.ChannelHandler;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The connections of clients to TCP services on one event loop. */
public final class TcpClients {
  private final EdgeLoop loop;
  private final Exchanges exchanges;
  private final ClientPlaces places;
  private final Set<TcpClient> all = new LinkedHashSet<>();

  /** None yet, on a loop whose requests are these. */
  public TcpClients(EdgeLoop loop, Exchanges exchanges, ClientPlaces places) {
    this.loop = loop;
    this.exchanges = exchanges;
    this.places = places;
  }

  /** Handles one more connection to that service, as the last of its channel's handlers. */
  public ChannelHandler handler(ServiceName service) {
    return new TcpClient(this, service);
  }

  EdgeLoop loop() {
    return loop;
  }

  /** How long a client may take nothing of what was written to it, in milliseconds. */
  long mostStallMillis() {
    return exchanges.runtime().settings().timeouts().bodyIdleMillis();
  }

  void add(TcpClient client) {
    places.enter(client.channel());
    all.add(client);
  }

  void remove(TcpClient client) {
    if (all.remove(client)) {
      places.leave(client.channel());
    }
  }

  /** The exchange of a connection, which is to be started. */
  Exchange begin(TcpClient client, ServiceName service) {
    places.asks(client.channel());
    return new Exchange(exchanges, TcpRequest.of(service), client, Optional.empty());
  }

  /** Finds the clients that have ended their direction and are gone altogether since. */
  public void tick() {
    List.copyOf(all).forEach(TcpClient::closeIfReset);
  }
}
