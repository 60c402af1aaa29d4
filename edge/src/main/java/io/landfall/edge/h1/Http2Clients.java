package io.landfall.edge.h1;

import io.landfall.edge.http.HostCheck;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;

/** Who serves the clients of an event loop that turn out to speak HTTP/2. */
public interface Http2Clients {
  /**
   * Takes over such a connection, whose handlers are those of TLS, if any.
   *
   * @param channel the connection
   * @param scheme the scheme of the listener
   * @param hosts the hosts for which requests may come
   * @param bytes what has arrived already, which is taken over
   */
  void take(Channel channel, AsciiString scheme, HostCheck hosts, ByteBuf bytes);
}
