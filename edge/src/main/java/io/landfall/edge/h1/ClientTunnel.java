package io.landfall.edge.h1;

import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AsciiString;

/** What a client's connection does otherwise once protocols were switched on it. */
final class ClientTunnel {
  private boolean open;

  /**
   * Sends the head that accepts the upgrade.
   *
   * @param body what the client sends from now on
   */
  void open(
      ChannelHandlerContext context, AsciiString protocol, FieldLines fields, BodyReader body) {
    open = true;
    body.start(Framing.UNTIL_CLOSE);
    ChannelIo.write(context, Http1Encoder.switchingHead(context.alloc(), protocol, fields));
    context.flush();
  }

  /** Whether protocols were switched. */
  boolean isOpen() {
    return open;
  }

  /**
   * Whether an event is the end of what the client sends. TLS has an end of its own, close_notify;
   * a connection that ends without it may have been cut by an attacker (RFC 8446 section 6.1).
   */
  boolean isEnd(Object event) {
    return event instanceof ChannelInputShutdownEvent
        || (open && event instanceof SslCloseCompletionEvent end && end.isSuccess());
  }

  /** Hands over what a client has sent that ended its direction, and is gone. */
  void passRest(ReceivedBytes received, Exchange to) {
    ByteBuf rest = received.get();
    if (open && received.hasEnded()) {
      if (rest != null && rest.isReadable()) {
        to.requestData(rest.readRetainedSlice(rest.readableBytes()));
      }
      to.requestEnd(null);
    }
  }
}
