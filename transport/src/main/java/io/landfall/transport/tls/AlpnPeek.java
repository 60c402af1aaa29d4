package io.landfall.transport.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a ClientHello to see whether BGP is asked for, then puts the TLS handler in its own
 * place, with every byte that came. It refuses nothing that it cannot read, and answers nothing:
 * that is the TLS handler's to judge, under the same time limit. Only who sends no byte at all for
 * a while ends here, since a TLS client speaks first and at once.
 */
final class AlpnPeek extends ByteToMessageDecoder {
  /** Of the time for a handshake, what is left when the ClientHello never came. */
  private static final long LEAST_MILLIS = 100;

  private final long firstByteMillis;
  private final long handshakeMillis;
  private final Function<Boolean, SslHandler> handlers;
  private final Consumer<SslHandler> placed;
  private final Watch watch;
  private @Nullable ScheduledFuture<?> silence;
  private long sinceNanos;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean chosen;

  /** Who wants to know how a connection begins. */
  interface Watch {
    /** Its first byte has come. */
    void began();

    /** No byte came in time; the connection is closed after this. */
    void silent();
  }

  /**
   * A peek for one accepted connection.
   *
   * @param firstByteMillis how long the first byte may take
   * @param handshakeMillis how long the whole handshake may take, this included
   * @param handlers makes the TLS handler; told whether BGP is asked for
   * @param placed is given the handler before it has seen a byte
   */
  AlpnPeek(
      long firstByteMillis,
      long handshakeMillis,
      Function<Boolean, SslHandler> handlers,
      Consumer<SslHandler> placed,
      Watch watch) {
    this.firstByteMillis = firstByteMillis;
    this.watch = watch;
    this.handshakeMillis = handshakeMillis;
    this.handlers = handlers;
    this.placed = placed;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    sinceNanos = System.nanoTime();
    timeout =
        context
            .executor()
            .schedule(
                () -> choose(context, false),
                handshakeMillis - LEAST_MILLIS,
                TimeUnit.MILLISECONDS);
    silence =
        context.executor().schedule(() -> silent(context), firstByteMillis, TimeUnit.MILLISECONDS);
  }

  private void silent(ChannelHandlerContext context) {
    if (!chosen) {
      watch.silent();
      end(context.channel());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (silence != null) {
      silence.cancel(false);
      silence = null;
      watch.began();
    }
    super.channelRead(context, message);
  }

  /** Closes a connection without a word, and without TLS if it has not come to that. */
  static void end(Channel channel) {
    channel
        .eventLoop()
        .execute(
            () -> {
              AlpnPeek peek = channel.pipeline().get(AlpnPeek.class);
              if (peek != null) {
                peek.giveUp();
              }
              channel.close();
            });
  }

  private void giveUp() {
    chosen = true;
    stopTimers();
  }

  private void stopTimers() {
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (silence != null) {
      silence.cancel(false);
      silence = null;
    }
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    switch (ClientHelloAlpn.look(in)) {
      case INCOMPLETE -> {}
      case BGP -> choose(context, true);
      case OTHER -> choose(context, false);
    }
  }

  @Override
  protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    // The connection has ended; the TLS handler says so in its own words.
    choose(context, false);
  }

  private void choose(ChannelHandlerContext context, boolean bgp) {
    if (chosen) {
      return;
    }
    chosen = true;
    stopTimers();
    long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    SslHandler ssl = handlers.apply(bgp);
    ssl.setHandshakeTimeoutMillis(Math.max(LEAST_MILLIS, handshakeMillis - spent));
    context.pipeline().replace(this, null, ssl);
    placed.accept(ssl);
  }
}
