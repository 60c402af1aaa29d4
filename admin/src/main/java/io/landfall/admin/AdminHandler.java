package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.core.FailureText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP for the admin API: one request a connection, answered from a virtual thread.
 *
 * <p>Closing after each answer keeps order, limits and timeouts trivial; nobody asks an admin API
 * often enough to miss keep-alive.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** The largest body; a command has a few dozen bytes. */
  static final int MAX_BODY_BYTES = 16 * 1024;

  /** How long a client may take to send its request. */
  static final int REQUEST_TIMEOUT_SECONDS = 10;

  /** How long a client may take to read an answer, or to read anything of a stream. */
  static final int ANSWER_TIMEOUT_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final Function<AdminRequest, AdminAnswer> api;
  private final boolean overUnix;
  private final AdminConnections connections;
  private boolean answered;
  private boolean streams;

  private AdminHandler(
      Function<AdminRequest, AdminAnswer> api, boolean overUnix, AdminConnections connections) {
    this.api = api;
    this.overUnix = overUnix;
    this.connections = connections;
  }

  /** Makes one handler for each connection. */
  interface Factory {
    /** A fresh handler. */
    AdminHandler create(AdminConnections connections);
  }

  static Factory overUnix(AdminApi api) {
    return connections -> new AdminHandler(api::handle, true, connections);
  }

  static Factory overLoopback(Function<AdminRequest, AdminAnswer> api) {
    return connections -> new AdminHandler(api, false, connections);
  }

  static void addTo(Channel channel, Factory handlers, AdminConnections connections) {
    if (!connections.enter(channel)) {
      var _ = channel.close();
      return;
    }
    channel
        .pipeline()
        .addLast(new ReadTimeoutHandler(REQUEST_TIMEOUT_SECONDS))
        .addLast(new WriteTimeoutHandler(ANSWER_TIMEOUT_SECONDS))
        .addLast(new HttpServerCodec())
        .addLast(new BoundedBody())
        .addLast(handlers.create(connections));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
    if (answered) {
      return;
    }
    answered = true;
    connections.asked(context.channel());
    context.pipeline().remove(ReadTimeoutHandler.class);
    // What is pipelined behind is not for the codec either, which remembers each request.
    context.pipeline().addFirst(new Discard());
    if (!message.decoderResult().isSuccess()) {
      write(context, AdminAnswer.problem(400, "the request is not valid HTTP/1.1"), false);
      return;
    }
    if (!overUnix && message.headers().getAll(HttpHeaderNames.HOST).size() > 1) {
      // The Host field is what tells a browser's request from a person's: there is one (RFC 9112).
      write(context, AdminAnswer.problem(400, "a request has one Host field"), false);
      return;
    }
    AdminRequest request;
    try {
      request = request(context.channel(), message);
    } catch (IllegalArgumentException e) {
      write(context, AdminAnswer.problem(400, "the path or query is not valid"), false);
      return;
    }
    boolean headOnly = message.method().name().equals("HEAD");
    Thread.ofVirtual()
        .name("admin-" + request.path())
        .start(
            () -> {
              AdminAnswer answer = answer(request);
              if (answer.stream().isPresent()) {
                context.executor().execute(() -> streams = true);
                MonitorStream.run(context.channel(), answer.stream().get());
              } else {
                context.executor().execute(() -> write(context, answer, headOnly));
              }
            });
  }

  /** Never fails: the client waits for an answer, and would keep its connection until then. */
  private AdminAnswer answer(AdminRequest request) {
    try {
      return api.apply(request);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOG.atError().addKeyValue("path", request.path()).setCause(e).log("admin request broke");
      return AdminAnswer.problem(500, "the node could not answer this: " + FailureText.of(e));
    }
  }

  private AdminRequest request(Channel channel, FullHttpRequest message) {
    QueryStringDecoder uri = new QueryStringDecoder(message.uri());
    String host = message.headers().get(HttpHeaderNames.HOST, "");
    AdminRequest.Caller caller =
        overUnix
            ? new AdminRequest.Caller.Local(credentials(channel))
            : new AdminRequest.Caller.Loopback(host, authorization(message));
    return new AdminRequest(
        message.method().name(),
        uri.path(),
        uri.parameters(),
        message.content().toString(UTF_8),
        message.headers().get(HttpHeaderNames.ACCEPT, ""),
        caller);
  }

  private static String authorization(FullHttpRequest message) {
    List<String> all = message.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    return all.size() == 1 ? all.getFirst() : "";
  }

  private static Optional<AdminRequest.Credentials> credentials(Channel channel) {
    if (!(channel instanceof EpollDomainSocketChannel unix)) {
      return Optional.empty();
    }
    try {
      PeerCredentials peer = unix.peerCredentials();
      return Optional.of(new AdminRequest.Credentials(peer.uid(), peer.pid()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void write(ChannelHandlerContext context, AdminAnswer answer, boolean headOnly) {
    context.writeAndFlush(response(answer, headOnly)).addListener(ChannelFutureListener.CLOSE);
  }

  private static FullHttpResponse response(AdminAnswer answer, boolean headOnly) {
    byte[] body = answer.body().getBytes(answer.charset());
    ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), content);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (answer.status() == HttpResponseStatus.UNAUTHORIZED.code()) {
      // RFC 9110 section 11.6.1: such an answer has one.
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    return response;
  }

  /** A client may end its half of the connection after its request, and gets its answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent && (!answered || streams)) {
      var _ = context.close();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A client that hung up, was too slow or too large: nothing that a log line would help.
    var _ = context.close();
  }

  /** Throws away what a client sends after its request. */
  private static final class Discard extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var _ = ReferenceCountUtil.release(message);
    }
  }

  /** Collects a request; one with too large a body is answered, and the rest of it thrown away. */
  private static final class BoundedBody extends HttpObjectAggregator {
    BoundedBody() {
      super(MAX_BODY_BYTES, true);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
      if (context.pipeline().get(Discard.class) != null) {
        return; // It came with another, which is answered.
      }
      // Closing while the client still sends would reset the connection and lose the answer: end
      // our half only. The client, or the read timeout, ends the other.
      context.pipeline().addFirst(new Discard());
      AdminAnswer answer =
          AdminAnswer.problem(413, "the body has more than " + MAX_BODY_BYTES + " bytes");
      context
          .writeAndFlush(response(answer, false))
          .addListener(
              written -> {
                if (context.channel() instanceof DuplexChannel duplex) {
                  var _ = duplex.shutdownOutput();
                }
              });
    }
  }
}
