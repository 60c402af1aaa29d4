package io.landfall.transport.probe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a backend: it carries a probe, or is kept for the next one, or is being closed.
 *
 * <p>It is kept only after a response that ended where its framing ends it and with not a byte
 * behind it. The verdict of a probe is given when the head is complete, and whatever becomes of the
 * body: a verdict that waited for it would be late for a backend whose body is slow or has no end,
 * and one by what of it has arrived would depend on how it was cut into packets. Up to {@link
 * #MAX_REST_BYTES} are read after that, so that a connection can be kept, or is not reset in the
 * eyes of the backend.
 */
final class ProbeConnection extends ChannelInboundHandlerAdapter {
  /** How much of a response is read after its verdict. */
  static final int MAX_REST_BYTES = 16 * 1024;

  private final ConnectionProber prober;
  private final ProbeTarget target;
  private final Channel channel;
  private final boolean isTls;
  private @Nullable ResponseReader reader;
  private @Nullable ProbeRun run;
  private @Nullable ByteBuf received;
  private @Nullable Verdict failure;
  private boolean answering;
  private boolean mayBeKept;
  private int requests;
  private long restBytes;

  ProbeConnection(ConnectionProber prober, ProbeRun run, Channel channel, boolean isTls) {
    this.prober = prober;
    this.target = run.target();
    this.channel = channel;
    this.isTls = isTls;
    this.run = run;
  }

  /** Whether an earlier probe was answered here. */
  private boolean isReused() {
    return requests > 1;
  }

  boolean isOpen() {
    return channel.isActive();
  }

  /** Carries this probe from now on. */
  void carry(ProbeRun next) {
    run = next;
    next.connection(this);
    request(next);
  }

  /** The probe has no interest in it any more. */
  void abandon() {
    run = null;
    channel.close();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!isTls) {
      connected();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        connected();
      } else {
        failed("TLS handshake", handshake.cause());
      }
    }
  }

  private void connected() {
    ProbeRun current = run;
    if (current == null) {
      channel.close();
    } else if (target.plan().check() instanceof ProbePlan.Http) {
      request(current);
    } else {
      prober.judge(current, Verdict.good(isTls ? "connected with TLS" : "connected"));
      end();
    }
  }

  private void request(ProbeRun current) {
    ProbePlan.Http http = (ProbePlan.Http) target.plan().check();
    if (reader == null) {
      reader = prober.reader();
    }
    requests++;
    mayBeKept = requests < http.requestsPerConnection();
    answering = false;
    restBytes = 0;
    current.doing("GET " + http.path());
    byte[] bytes = target.request(!mayBeKept);
    channel.writeAndFlush(
        channel.alloc().directBuffer(bytes.length).writeBytes(bytes), channel.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (run == null) {
      // What no request asked for must not become the answer to the next request.
      bytes.release();
      channel.close();
      return;
    }
    ByteBuf before = received;
    ByteBuf in =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, bytes);
    received = in;
    answering = true;
    process(run, in);
    ByteBuf left = received;
    if (left != null && (!left.isReadable() || run == null)) {
      received = null;
      left.release();
    }
  }

  private void process(ProbeRun current, ByteBuf in) {
    ResponseReader responses = reader;
    if (responses == null) {
      end(); // A TCP probe has read all that it wants.
      return;
    }
    while (true) {
      int before = in.readableBytes();
      ResponseReader.Progress progress = responses.read(in);
      restBytes += current.isJudged() ? before - in.readableBytes() : 0;
      switch (progress) {
        case HEAD -> prober.judge(current, verdict(responses.status()));
        case MORE -> {
          if (restBytes > MAX_REST_BYTES) {
            end();
          }
          return;
        }
        case REFUSED -> {
          prober.judge(current, Verdict.bad(current.doing() + ": " + responses.refusal()));
          end();
          return;
        }
        case END -> {
          boolean clean = mayBeKept && responses.isReusable() && !in.isReadable();
          if (clean && restBytes <= MAX_REST_BYTES) {
            run = null;
            prober.over(current);
            prober.keep(target, this);
          } else {
            end();
          }
          return;
        }
      }
    }
  }

  private Verdict verdict(int status) {
    ProbePlan.Http http = (ProbePlan.Http) target.plan().check();
    String shown = target.shown(http, status);
    return status >= http.leastStatus() && status <= http.mostStatus()
        ? Verdict.good(shown)
        : Verdict.bad(shown);
  }

  /** Its probe has been judged and is over; so is the connection. */
  private void end() {
    ProbeRun current = run;
    run = null;
    channel.close();
    if (current != null) {
      prober.over(current);
    }
  }

  /** What goes wrong on the way, for the probe that it carries; reported when this is closed. */
  void failed(String where, Throwable cause) {
    if (failure == null) {
      failure = Reasons.verdict(where, cause);
    }
    channel.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ProbeRun current = run;
    failed(current == null ? "idle" : current.doing(), cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed();
  }

  /** The connection is no more, or never was. */
  void closed() {
    ByteBuf in = received;
    if (in != null) {
      received = null;
      in.release();
    }
    ProbeRun current = run;
    run = null;
    if (current == null) {
      prober.forget(target, this);
    } else if (current.isJudged()) {
      prober.over(current);
    } else if (isReused() && !answering) {
      // The backend ended it while the request was under way: that is no sign of its health.
      prober.connect(current);
    } else {
      prober.judge(current, verdictClosed(current));
      prober.over(current);
    }
  }

  private Verdict verdictClosed(ProbeRun current) {
    if (failure != null) {
      return failure;
    }
    if (requests == 0) {
      return Verdict.bad(current.doing() + ": closed");
    }
    return Verdict.bad(
        current.doing()
            + (answering
                ? ": closed inside the head of the answer"
                : ": closed without an answer"));
  }

  /** Puts TLS under it. */
  void secure(SslHandler tls) {
    tls.setHandshakeTimeoutMillis(0); // A probe has one deadline for all.
    channel.pipeline().addFirst(tls);
  }
}
