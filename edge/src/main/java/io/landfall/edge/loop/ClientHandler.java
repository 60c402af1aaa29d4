package io.landfall.edge.loop;

import io.landfall.edge.ClientAddresses;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A handler of a client's connection. */
public abstract class ClientHandler extends ConnectionHandler {
  /** Where the client connects from. */
  public final SocketAddress remote() {
    return ChannelAddresses.remote(channel());
  }

  /** Both ends of the client's connection; null if they are no addresses of IP. */
  public final @Nullable ClientAddresses client() {
    return ChannelAddresses.of(channel());
  }
}
