package io.landfall.edge.origin;

import io.landfall.core.OwnLimit;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginTls;
import io.landfall.edge.exchange.FailureKind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** TLS on a new connection to a backend, and what it means when that does not come about. */
public final class OriginHandshake {
  /** How deep causes are looked for: libraries wrap, and none so often. */
  private static final int MAX_CAUSES = 8;

  private OriginHandshake() {}

  /**
   * Puts TLS under the handler of a connection that is open, and begins the handshake.
   *
   * @param leftMillis what is left of the time for connecting, of which it is a part
   * @return what was read from the network, for the connection's handler
   */
  public static Begun begin(Channel channel, OriginTls tls, long leftMillis) {
    SslHandler handler = tls.handler(channel.alloc());
    handler.setHandshakeTimeoutMillis(Math.max(1, leftMillis));
    Reads reads = new Reads();
    channel.pipeline().addFirst(reads, handler);
    return new Begun(reads, handler.handshakeFuture());
  }

  /**
   * A handshake.
   *
   * @param reads what is read from the network
   * @param done when it is over
   */
  public record Begun(Reads reads, Future<Channel> done) {}

  /** Counts the reads of one turn: above TLS their number is another. */
  public static final class Reads extends ChannelInboundHandlerAdapter {
    private int count;

    /** How many there were in this turn. */
    public int count() {
      return count;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      count++;
      context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.fireChannelReadComplete();
      count = 0;
    }
  }

  /** What a failure of TLS is for the request. */
  public static FailureKind kind(Throwable cause) {
    if (isOf(cause, SslHandshakeTimeoutException.class)) {
      return FailureKind.CONNECT_TIMEOUT;
    }
    if (isOf(cause, CertificateException.class) || isOf(cause, CertPathValidatorException.class)) {
      return FailureKind.TLS_CERTIFICATE;
    }
    if (isAlert(cause)) {
      return FailureKind.TLS_ALERT;
    }
    boolean ended = isOf(cause, ClosedChannelException.class) || !isOf(cause, SSLException.class);
    return ended ? FailureKind.CLOSED : FailureKind.TLS_FAILED;
  }

  /** What such a failure means for the backend; empty when it is this process's own. */
  public static Optional<OriginFailure> report(FailureKind kind, Throwable cause) {
    if (OwnLimit.isReached(cause)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (kind) {
          case CONNECT_TIMEOUT -> OriginFailure.CONNECT_TIMEOUT;
          case TLS_CERTIFICATE -> OriginFailure.TLS_CERTIFICATE;
          default -> OriginFailure.TLS_FAILED;
        });
  }

  /** Whether it is a failure of TLS, as a pipeline reports it. */
  public static boolean isOfTls(Throwable cause) {
    return cause instanceof SSLException
        || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
  }

  /** Both TLS libraries have an alert in the text only. */
  private static boolean isAlert(Throwable cause) {
    Throwable at = cause;
    for (int depth = 0; at != null && depth < MAX_CAUSES; depth++) {
      String text = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
      if (at instanceof SSLException
          && (text.contains("received fatal alert") || text.contains("_alert_"))) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static boolean isOf(Throwable cause, Class<?> type) {
    Throwable at = cause;
    for (int depth = 0; at != null && depth < MAX_CAUSES; depth++) {
      if (type.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}
