package io.landfall.edge.proxy;

import io.landfall.edge.ProxyFault;
import io.landfall.edge.loop.ChannelAddresses;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ConnectionHandler;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the PROXY header of one connection, and hands what stands behind it to the handlers that it
 * then adds. Before those are there nothing is sent, and a bad header is answered with a close.
 */
final class ProxyInput extends ConnectionHandler implements InputMemory.Holder {
  private final ProxyInputs all;
  private final Consumer<Channel> next;
  private final InputMemory.Account account = new InputMemory.Account(this);
  private final long sinceNanos;
  private @Nullable ByteBuf received;
  private boolean over;

  ProxyInput(ProxyInputs all, Consumer<Channel> next) {
    this.all = all;
    this.next = next;
    this.sinceNanos = all.loop().nowNanos();
  }

  long sinceNanos() {
    return sinceNanos;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    super.handlerAdded(context);
    all.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    all.remove(this);
    release();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (over) {
      bytes.release();
      return;
    }
    ByteBuf before = received;
    ByteBuf in =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, bytes);
    received = in;
    ProxyHeader header;
    try {
      header = ProxyHeader.read(in);
    } catch (BadProxyHeader e) {
      fail(e.fault());
      return;
    }
    if (header == null) {
      account.set(all.loop().inputMemory(), in.capacity(), true);
    } else {
      handOver(context, header, in);
    }
  }

  private void handOver(ChannelHandlerContext context, ProxyHeader header, ByteBuf in) {
    over = true;
    received = null;
    account.set(all.loop().inputMemory(), 0, true);
    Channel channel = context.channel();
    header.client().ifPresent(client -> ChannelAddresses.set(channel, client));
    all.remove(this);
    next.accept(channel);
    channel.pipeline().remove(this);
    if (in.isReadable()) {
      context.fireChannelRead(in);
    } else {
      in.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      fail(ProxyFault.ENDED);
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(ProxyFault.ENDED);
  }

  /** Closes the connection, once. */
  void fail(ProxyFault fault) {
    if (!over) {
      over = true;
      release();
      all.refused(channel(), fault);
      ChannelIo.close(channel());
    }
  }

  @Override
  public void crowdOut() {
    release();
    over = true;
    ChannelIo.close(channel());
  }

  private void release() {
    ByteBuf in = received;
    received = null;
    if (in != null) {
      in.release();
    }
    account.set(all.loop().inputMemory(), 0, true);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelIo.logIfBug(cause, "a connection with a PROXY header");
    ChannelIo.close(context);
  }
}
