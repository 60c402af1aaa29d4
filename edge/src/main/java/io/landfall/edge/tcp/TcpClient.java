package io.landfall.edge.tcp;

import io.landfall.core.ServiceName;
import io.landfall.edge.exchange.Downstream;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ClientHandler;
import io.landfall.edge.loop.InputMemory;
import io.landfall.edge.loop.OutputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.AsciiString;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client to a TCP service: a tunnel that is asked for at once. What the client
 * sends before a backend is connected is one read of at most 64 KiB; nothing more is read until
 * then. A connection that is declined, or whose backend breaks off, ends with a reset, so that no
 * client takes it for a service that had nothing to say.
 */
final class TcpClient extends ClientHandler implements Downstream, InputMemory.Holder {
  /** How long a client may go on sending once its tunnel was ended here and it has read all. */
  static final long LINGER_MILLIS = 2_000;

  private final TcpClients all;
  private final ServiceName service;
  private final InputMemory.Account account = new InputMemory.Account(this);
  private final Deque<ByteBuf> received = new ArrayDeque<>(1);
  private int receivedBytes;
  private @Nullable Exchange exchange;
  private boolean open;
  private boolean inputEnded;
  private boolean endPassed;
  private boolean declined;
  private boolean over;
  private boolean passing;

  /** Whether a batch is being read, at whose end is flushed. */
  private boolean reading;

  TcpClient(TcpClients all, ServiceName service) {
    this.all = all;
    this.service = service;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    super.handlerAdded(context);
    all.add(this);
    // From a task: the channel may be in the middle of being set up, or of another handler's event.
    all.loop().eventLoop().execute(this::begin);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    all.remove(this);
  }

  private void begin() {
    if (!over && channel().isActive()) {
      Exchange created = all.begin(this, service);
      exchange = created;
      created.start();
    }
  }

  // ---- from the client ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (over) {
      bytes.release();
      return;
    }
    reading = true;
    received.add(bytes);
    receivedBytes += bytes.capacity();
    pass();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    flushUpstream();
  }

  private void flushUpstream() {
    Exchange current = exchange;
    if (current != null && !reading) {
      current.flushUpstream();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (over) {
        OutputEnd.whole(context, all.mostStallMillis());
      } else {
        pass();
      }
    }
  }

  /** Hands over what was received, as far as the backend takes it, and reads on if all is gone. */
  private void pass() {
    if (passing) {
      return;
    }
    passing = true;
    try {
      Exchange current = exchange;
      while (open && current != null && !received.isEmpty() && current.wantsBody()) {
        current.requestData(next());
        current = exchange;
      }
      if (open && current != null && inputEnded && received.isEmpty() && !endPassed) {
        endPassed = true;
        current.requestEnd(null);
      }
    } finally {
      passing = false;
    }
    flushUpstream();
    if (!over) {
      ChannelIo.read(channel(), received.isEmpty());
      account.set(all.loop().inputMemory(), receivedBytes, false);
    }
  }

  private ByteBuf next() {
    ByteBuf bytes = received.remove();
    receivedBytes -= bytes.capacity();
    return bytes;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Exchange current = exchange;
    if (current != null && context.channel().isWritable()) {
      current.downstreamWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      if (open && inputEnded && !endPassed) {
        // It has ended its direction and is gone: what it sent is whole.
        while (!received.isEmpty()) {
          current.requestData(next());
        }
        current.requestEnd(null);
      }
      current.downstreamGone();
    }
    stop();
  }

  /** A client that has ended its direction is gone altogether: that shows in no read. */
  void closeIfReset() {
    if (inputEnded && ChannelIo.isReset(channel())) {
      ChannelIo.close(channel());
    }
  }

  /** The loop needs the room that this connection takes. */
  @Override
  public void crowdOut() {
    Exchange current = exchange;
    exchange = null;
    stop();
    if (current != null) {
      current.downstreamGone();
    }
    ChannelIo.reset(channel());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelIo.logIfBug(cause, "a client's TCP connection");
    ChannelIo.close(context);
  }

  /** Nothing more is taken from the client, or sent to it. */
  private void stop() {
    over = true;
    while (!received.isEmpty()) {
      next().release();
    }
    account.set(all.loop().inputMemory(), 0, false);
  }

  // ---- from the exchange ----

  /** No place took the connection, for a reason that is recorded. */
  @Override
  public void respond(int status, FieldLines fields, Framing framing) {
    declined = true;
  }

  /** Of a response that is made here it gets nothing. */
  @Override
  public boolean takesBody(int bytes) {
    return false;
  }

  @Override
  public void interim(int status, FieldLines fields) {
    // There is no head that it could stand before.
  }

  @Override
  public void switchProtocols(AsciiString protocol, FieldLines fields) {
    open = true;
  }

  @Override
  public void body(ByteBuf data) {
    if (declined) {
      data.release();
    } else {
      ChannelIo.write(context(), data);
    }
  }

  @Override
  public void endOutput() {
    OutputEnd.half(context());
  }

  @Override
  public void end() {
    exchange = null;
    stop();
    if (declined) {
      ChannelIo.reset(channel());
    } else if (inputEnded) {
      OutputEnd.whole(context(), all.mostStallMillis());
    } else {
      ChannelIo.read(channel(), true);
      OutputEnd.lingering(context(), LINGER_MILLIS, all.mostStallMillis());
    }
  }

  @Override
  public void abort() {
    exchange = null;
    stop();
    ChannelIo.reset(channel());
  }

  @Override
  public boolean isWritable() {
    return channel().isWritable();
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public void pumpBody() {
    pass();
  }
}
