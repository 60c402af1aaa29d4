package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.core.FailureText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
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
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP for the admin API: one request after the other on a connection (RFC 9112 section 9.3), each
 * answered from a virtual thread.
 *
 * <p>A connection ends with its answer when the client wants that, when it speaks HTTP/1.0, when
 * the request could not be read, and as {@link AdminGate} has it.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** The largest body; a command has a few dozen bytes. */
  static final int MAX_BODY_BYTES = 16 * 1024;

  /** How long a client may take to read an answer, or to read anything of a stream. */
  static final int ANSWER_TIMEOUT_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final Function<AdminRequest, AdminAnswer> api;
  private final boolean overUnix;
  private final AdminGate gate;

  private AdminHandler(Function<AdminRequest, AdminAnswer> api, boolean overUnix, AdminGate gate) {
    this.api = api;
    this.overUnix = overUnix;
    this.gate = gate;
  }

  /** Makes one handler for each connection. */
  interface Factory {
    /** A fresh handler. */
    AdminHandler create(AdminGate gate);
  }

  static Factory overUnix(AdminApi api) {
    return gate -> new AdminHandler(api::handle, true, gate);
  }

  static Factory overLoopback(Function<AdminRequest, AdminAnswer> api) {
    return gate -> new AdminHandler(api, false, gate);
  }

  static void addTo(Channel channel, Factory handlers, AdminConnections connections) {
    if (!connections.enter(channel)) {
      var _ = channel.close();
      return;
    }
    AdminGate gate = new AdminGate(connections);
    channel
        .pipeline()
        .addLast(new ReadTimeoutHandler(AdminGate.REQUEST_TIMEOUT_SECONDS))
        .addLast(gate)
        .addLast(new WriteTimeoutHandler(ANSWER_TIMEOUT_SECONDS))
        .addLast(new HttpServerCodec())
        .addLast(new BoundedBody(gate))
        .addLast(handlers.create(gate));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
    if (!gate.isOpen()) {
      gate.last(); // It came in one read with another, which is being answered.
      return;
    }
    gate.begin(context);
    if (!message.protocolVersion().isKeepAliveDefault() || !HttpUtil.isKeepAlive(message)) {
      gate.last();
    }
    if (!message.decoderResult().isSuccess()) {
      writeLast(context, AdminAnswer.problem(400, "the request is not valid HTTP/1.1"));
      return;
    }
    if (message.headers().getAll(HttpHeaderNames.HOST).size() > 1) {
      // On TCP it distinguishes a browser's request from a person's: there is one (RFC 9112 section
      // 3.2).
      writeLast(context, AdminAnswer.problem(400, "a request has one Host field"));
      return;
    }
    AdminRequest request;
    try {
      request = request(context.channel(), message);
    } catch (IllegalArgumentException e) {
      writeLast(context, AdminAnswer.problem(400, "the path or query is not valid"));
      return;
    }
    boolean headOnly = message.method().name().equals("HEAD");
    Thread.ofVirtual()
        .name("admin-" + request.path())
        .start(
            () -> {
              AdminAnswer answer = answer(request);
              if (answer.stream().isPresent()) {
                context.executor().execute(gate::streams);
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
    } catch (RuntimeException | Error e) {
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
        message.headers().get(HttpHeaderNames.IF_NONE_MATCH, ""),
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

  /** An answer to what could not be read: where the next request would begin is not certain. */
  private void writeLast(ChannelHandlerContext context, AdminAnswer answer) {
    gate.last();
    write(context, answer, false);
  }

  private void write(ChannelHandlerContext context, AdminAnswer answer, boolean headOnly) {
    context
        .writeAndFlush(response(answer, headOnly, gate.isLast()))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                gate.last();
              }
              gate.answered(context);
            });
  }

  private static FullHttpResponse response(AdminAnswer answer, boolean headOnly, boolean last) {
    byte[] body = answer.body().getBytes(answer.charset());
    ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), content);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    if (answer.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
      // RFC 9110 section 8.6: in a 304 it would be the length of what was not sent.
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    }
    answer.fields().forEach((name, value) -> response.headers().set(name, value));
    if (last) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (answer.status() == HttpResponseStatus.UNAUTHORIZED.code()) {
      // RFC 9110 section 11.6.1: such an answer has one.
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    return response;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A client that hung up, was too slow or too large: nothing that a log line would help.
    var _ = context.close();
  }

  /** Collects a request; one with too large a body is answered, and the rest of it thrown away. */
  private static final class BoundedBody extends HttpObjectAggregator {
    private final AdminGate gate;

    BoundedBody(AdminGate gate) {
      super(MAX_BODY_BYTES, true);
      this.gate = gate;
    }

    @Override
    protected @Nullable Object newContinueResponse(
        HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
      if (!gate.isOpen()) {
        gate.last(); // An interim answer here would stand before the answer to another request.
        return null;
      }
      return super.newContinueResponse(start, maxContentLength, pipeline);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
      if (!gate.isOpen()) {
        gate.last(); // It came with another, which is answered.
        return;
      }
      // Closing while the client still sends would reset the connection and lose the answer: end
      // our half only. The client, or the read timeout, ends the other.
      gate.refuse();
      AdminAnswer answer =
          AdminAnswer.problem(413, "the body has more than " + MAX_BODY_BYTES + " bytes");
      context
          .writeAndFlush(response(answer, false, true))
          .addListener(
              written -> {
                if (context.channel() instanceof DuplexChannel duplex) {
                  var _ = duplex.shutdownOutput();
                }
              });
    }
  }
}
