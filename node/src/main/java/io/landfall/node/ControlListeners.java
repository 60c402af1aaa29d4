package io.landfall.node;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.transport.OpenSockets;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The TCP listeners of plane two: what another process has given, and what can be given on. */
final class ControlListeners {
  private final GivenSockets given;
  private final List<Listening> all = new ArrayList<>();

  private record Listening(
      ListeningSocket.Use use, InetSocketAddress address, ChannelFuture bound) {}

  /** None is open but these. */
  ControlListeners(GivenSockets given) {
    this.given = given;
  }

  /** Opens one, or goes on with the one that was given for it. */
  synchronized ChannelFuture add(
      ListeningSocket.Use use,
      InetSocketAddress address,
      Function<OpenSockets, ChannelFuture> listen) {
    ChannelFuture bound = listen.apply(OpenSockets.take(given, use, address));
    all.add(new Listening(use, address, bound));
    return bound;
  }

  /** Those that are open, for another process. */
  synchronized List<ListeningSocket> sockets() {
    return all.stream()
        .flatMap(
            each -> OpenSockets.of(each.use(), each.address(), each.bound().channel()).stream())
        .toList();
  }

  /** Whether connections are accepted from now on; those that come meanwhile wait. Blocks. */
  synchronized void accept(boolean on) {
    all.forEach(each -> OpenSockets.accept(each.bound().channel(), on));
  }

  /** Accepts no more, and leaves what waits to who has the sockets too. */
  synchronized void close() {
    all.forEach(each -> each.bound().channel().close().awaitUninterruptibly());
  }
}
