package io.landfall.edge.loop;

import io.landfall.edge.ClientAddresses;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whose connection of a client it is: that of its socket, or what a PROXY header from a trusted
 * source had.
 */
public final class ChannelAddresses {
  private static final AttributeKey<ClientAddresses> TOLD =
      AttributeKey.valueOf(ChannelAddresses.class, "client");

  private ChannelAddresses() {}

  /** A PROXY header had these. */
  public static void set(Channel channel, ClientAddresses told) {
    channel.attr(TOLD).set(told);
  }

  /** Where the client connects from. */
  public static SocketAddress remote(Channel channel) {
    ClientAddresses told = told(channel);
    return told == null ? channel.remoteAddress() : told.source();
  }

  /** Both ends of the client's connection; null if they are no addresses of IP. */
  public static @Nullable ClientAddresses of(Channel channel) {
    ClientAddresses told = told(channel);
    return told == null
        ? ClientAddresses.of(channel.remoteAddress(), channel.localAddress()).orElse(null)
        : told;
  }

  private static @Nullable ClientAddresses told(Channel channel) {
    return channel.hasAttr(TOLD) ? channel.attr(TOLD).get() : null;
  }
}
