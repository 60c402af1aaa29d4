package io.landfall.edge.tls;

import io.netty.channel.ChannelHandlerContext;

/** Who takes connections whose TLS is not ended here, by the server name of their ClientHello. */
public interface PassThrough {
  /** Nobody. */
  PassThrough NONE =
      new PassThrough() {
        @Override
        public boolean isFor(String serverName) {
          return false;
        }

        @Override
        public void take(ChannelHandlerContext reader, String serverName) {
          // Not asked.
        }
      };

  /** Whether connections with that name, in lower case, are taken. */
  boolean isFor(String serverName);

  /**
   * Takes one over: puts its own handler in the place of the one that has read the ClientHello,
   * which gets all that was received.
   */
  void take(ChannelHandlerContext reader, String serverName);
}
