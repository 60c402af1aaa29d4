package io.landfall.edge.tls;

import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.ClientCertificate;
import io.landfall.edge.CoveredHosts;
import io.landfall.edge.TlsContexts;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.Mapping;
import io.netty.util.concurrent.Future;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ClientHello before TLS does: picks the certificate by server name and by what the client
 * can verify, gives the connection the hosts it covers, and ends the handshake of a client that is
 * refused by its name or offers no protocol that is spoken here, which OpenSSL's binding cannot
 * (RFC 7301 section 3.2). A client that offers no protocol at all speaks HTTP/1.1.
 */
public final class AlpnSniHandler extends SniHandler {
  private static final List<String> HTTP_1 = List.of("http/1.1");
  private static final List<String> CHALLENGE = List.of(ChallengeAnswers.PROTOCOL);
  private static final List<String> HTTP_2 = List.of("h2", "http/1.1");

  /** An alert record: fatal, no_application_protocol. */
  private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

  /** An alert record: fatal, unrecognized_name. */
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private final TlsContexts contexts;
  private final List<String> spoken;
  private Set<TlsContexts.KeyKind> verifies = EnumSet.allOf(TlsContexts.KeyKind.class);
  private final PassThrough passThrough;
  private final ChallengeAnswers challenges;
  private boolean offersOthersOnly;
  private boolean offersChallenge;
  private boolean passes;
  private boolean answersChallenge;
  private @Nullable Future<SslContext> refused;

  /**
   * For one connection.
   *
   * @param contexts what clients are shown
   * @param maxHelloBytes the longest ClientHello
   * @param http2 whether HTTP/2 is spoken, which the contexts offer then
   * @param timeoutMillis how long the handshake may take
   */
  public AlpnSniHandler(
      TlsContexts contexts, int maxHelloBytes, boolean http2, long timeoutMillis) {
    this(contexts, maxHelloBytes, http2, timeoutMillis, PassThrough.NONE, ChallengeAnswers.NONE);
  }

  /**
   * For one connection.
   *
   * @param contexts what clients are shown
   * @param maxHelloBytes the longest ClientHello
   * @param http2 whether HTTP/2 is spoken, which the contexts offer then
   * @param timeoutMillis how long the handshake may take
   * @param passThrough who takes connections whose TLS is not ended here
   * @param challenges what answers a CA that verifies a name
   */
  public AlpnSniHandler(
      TlsContexts contexts,
      int maxHelloBytes,
      boolean http2,
      long timeoutMillis,
      PassThrough passThrough,
      ChallengeAnswers challenges) {
    super(byNameAlone(contexts), maxHelloBytes, timeoutMillis);
    this.contexts = contexts;
    this.passThrough = passThrough;
    this.challenges = challenges;
    this.spoken = http2 ? HTTP_2 : HTTP_1;
  }

  /** What the library wants, and does not ask: {@link #lookup} chooses by more than the name. */
  private static Mapping<String, SslContext> byNameAlone(TlsContexts contexts) {
    return name ->
        contexts
            .choose(
                new TlsContexts.Offer(
                    Optional.ofNullable(name), EnumSet.allOf(TlsContexts.KeyKind.class)))
            .orElseThrow();
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable ByteBuf bytes)
      throws Exception {
    if (refused != null) {
      // Netty asks again after a failure, as for a client without a name.
      return refused;
    }
    if (bytes != null) {
      ClientHello hello = new ClientHello(bytes);
      offersOthersOnly = hello.offersOthersOnly(spoken);
      offersChallenge = offersOthersOnly && !hello.offersOthersOnly(CHALLENGE);
      verifies = hello.verifies();
    }
    return super.lookup(context, bytes);
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable String name) {
    if (name != null && passThrough.isFor(name)) {
      passes = true;
      return noContext(context);
    }
    if (offersChallenge && name != null) {
      Optional<SslContext> answer = challenges.tls(name);
      if (answer.isPresent()) {
        answersChallenge = true;
        return context.executor().newSucceededFuture(answer.get());
      }
    }
    if (offersOthersOnly) {
      return refuse(context, NO_APPLICATION_PROTOCOL, "no protocol is offered that is spoken here");
    }
    Optional<SslContext> chosen =
        contexts.choose(new TlsContexts.Offer(Optional.ofNullable(name), verifies));
    return chosen.isPresent()
        ? context.executor().newSucceededFuture(chosen.get())
        : refuse(context, UNRECOGNIZED_NAME, "no certificate is for the server name");
  }

  /** The library wants one, and only hands it on to {@link #replaceHandler}. */
  @SuppressWarnings("NullAway")
  private static Future<SslContext> noContext(ChannelHandlerContext context) {
    return context.executor().newSucceededFuture(null);
  }

  private Future<SslContext> refuse(ChannelHandlerContext context, byte[] alert, String why) {
    contexts.failed();
    ChannelIo.ignore(context.writeAndFlush(Unpooled.copiedBuffer(alert)));
    refused = context.executor().newFailedFuture(new SSLHandshakeException(why));
    return refused;
  }

  @Override
  protected void replaceHandler(
      ChannelHandlerContext context, @Nullable String name, SslContext chosen) throws Exception {
    if (passes && name != null) {
      passThrough.take(context, name);
      return;
    }
    CoveredHosts covered = chosen.attributes().attr(ServerNames.COVERED).get();
    if (covered != null) {
      context.fireUserEventTriggered(covered);
    }
    super.replaceHandler(context, name, chosen);
  }

  /**
   * Tells the connection of its client's certificate, before any request on it is read, and before
   * it changes to HTTP/2: Netty reports the end of the handshake, for which that waits, behind the
   * handshake's future.
   */
  private static void tellOfClient(SslHandler made) throws CertificateEncodingException {
    SSLSession session = made.engine().getSession();
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate shown) {
        ClientCertificate event = ClientCertificate.of(shown);
        Channel channel = made.handshakeFuture().getNow();
        channel.pipeline().context(made).fireUserEventTriggered(event);
      }
    } catch (SSLPeerUnverifiedException e) {
      // It has shown none.
    }
  }

  private static void closeBehind(SslHandler made) {
    if (made.handshakeFuture().isSuccess()) {
      ChannelIo.close(made.handshakeFuture().getNow());
    }
  }

  @Override
  protected SslHandler newSslHandler(SslContext chosen, ByteBufAllocator allocator) {
    SslHandler made = super.newSslHandler(chosen, allocator);
    byte[] staple = chosen.attributes().attr(ServerNames.STAPLE).get();
    if (staple != null && made.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      engine.setOcspResponse(staple);
    }
    ChannelIo.ignore(
        made.handshakeFuture()
            .addListener(
                shaken -> {
                  if (answersChallenge) {
                    // What was to be shown is shown (RFC 8737 section 3).
                    closeBehind(made);
                  } else if (shaken.isSuccess()) {
                    tellOfClient(made);
                    contexts.succeeded(made.engine().getSession().getProtocol());
                  } else {
                    contexts.failed();
                  }
                }));
    return made;
  }
}
