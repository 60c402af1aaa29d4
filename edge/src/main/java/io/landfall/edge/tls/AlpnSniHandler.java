package io.landfall.edge.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.landfall.edge.CoveredHosts;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import io.netty.util.concurrent.Future;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ClientHello before TLS does: picks the certificate by server name, tells the connection
 * which hosts it covers, and ends the handshake of a client that offers no protocol that is spoken
 * here, which OpenSSL's binding cannot (RFC 7301 section 3.2). A client that offers none at all
 * speaks HTTP/1.1.
 */
public final class AlpnSniHandler extends SniHandler {
  private static final int ALPN_EXTENSION = 16;

  /** legacy_version and random (RFC 8446 section 4.1.2). */
  private static final int FIXED_BYTES = 34;

  /** The type and the length of an extension. */
  private static final int EXTENSION_HEAD_BYTES = 4;

  private static final List<String> HTTP_1 = List.of("http/1.1", "http/1.0");
  private static final List<String> HTTP_2 = List.of("h2", "http/1.1", "http/1.0");

  /** An alert record: fatal, no_application_protocol. */
  private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

  private final List<String> spoken;

  /**
   * For one connection.
   *
   * @param contexts the context for each server name
   * @param maxHelloBytes the longest ClientHello
   * @param http2 whether HTTP/2 is spoken, which the contexts offer then
   * @param timeoutMillis how long the handshake may take
   */
  public AlpnSniHandler(
      Mapping<? super String, ? extends SslContext> contexts,
      int maxHelloBytes,
      boolean http2,
      long timeoutMillis) {
    super(contexts, maxHelloBytes, timeoutMillis);
    this.spoken = http2 ? HTTP_2 : HTTP_1;
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable ByteBuf hello)
      throws Exception {
    if (hello != null && offersOthersOnly(hello)) {
      ChannelIo.ignore(context.writeAndFlush(Unpooled.copiedBuffer(NO_APPLICATION_PROTOCOL)));
      return context
          .executor()
          .newFailedFuture(new SSLHandshakeException("no protocol is offered that is spoken here"));
    }
    return super.lookup(context, hello);
  }

  @Override
  protected void replaceHandler(
      ChannelHandlerContext context, @Nullable String name, SslContext chosen) throws Exception {
    CoveredHosts covered = chosen.attributes().attr(ServerNames.COVERED).get();
    if (covered != null) {
      context.fireUserEventTriggered(covered);
    }
    super.replaceHandler(context, name, chosen);
  }

  private boolean offersOthersOnly(ByteBuf hello) {
    int end = hello.writerIndex();
    int at = behind(hello, hello.readerIndex() + FIXED_BYTES, 1);
    at = behind(hello, at, 2);
    at = behind(hello, at, 1) + 2;
    while (at + EXTENSION_HEAD_BYTES <= end) {
      int names = at + EXTENSION_HEAD_BYTES;
      int after = names + hello.getUnsignedShort(at + 2);
      if (hello.getUnsignedShort(at) == ALPN_EXTENSION) {
        return namesOthersOnly(hello, names + 2, Math.min(after, end));
      }
      at = after;
    }
    return false;
  }

  /** Behind a vector whose length takes one octet or two. */
  private static int behind(ByteBuf hello, int at, int lengthBytes) {
    if (at + lengthBytes > hello.writerIndex()) {
      return hello.writerIndex();
    }
    int length = lengthBytes == 1 ? hello.getUnsignedByte(at) : hello.getUnsignedShort(at);
    return at + lengthBytes + length;
  }

  private boolean namesOthersOnly(ByteBuf hello, int from, int end) {
    boolean others = false;
    int at = from;
    while (at < end) {
      int name = at + 1;
      at = name + hello.getUnsignedByte(at);
      if (at > end || spoken.contains(hello.toString(name, at - name, US_ASCII))) {
        // One of ours; or it is malformed, which TLS finds.
        return false;
      }
      others = true;
    }
    return others;
  }
}
