package io.landfall.edge.h2;

import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies the frames of an HTTP/2 connection over TLS that are flushed together into one buffer.
 * Netty writes a small response as three buffers, each of which costs more on its way to TLS than
 * its bytes do. Large pieces are passed on as they are, behind what came before them. Without TLS
 * the socket takes many buffers at once, and counts what each of them costs.
 *
 * <p>No more than {@link #MAX_BYTES} is held back, and nothing past a flush. What the channel has
 * to write is less by that until then.
 */
final class FrameBatch extends ChannelOutboundHandlerAdapter {
  /** The most that is one buffer: a record of TLS takes as much (RFC 8446 section 5.1). */
  static final int MAX_BYTES = 16 * 1024;

  /** What is larger is not copied. */
  static final int MAX_COPIED_BYTES = 4 * 1024;

  /** The first buffer as it came, or the copy of all so far. */
  private @Nullable ByteBuf batch;

  private boolean copied;
  private List<ChannelPromise> promises = new ArrayList<>(0);

  /**
   * How large the copy before was. A peer that does not read has no more than twice its bytes
   * waiting for it: a buffer too large follows only one that was full.
   */
  private int lastBytes;

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf data) || data.readableBytes() > MAX_COPIED_BYTES) {
      drain(context);
      ChannelIo.ignore(context.write(message, promise));
      return;
    }
    ByteBuf before = batch;
    if (before != null && before.readableBytes() + data.readableBytes() > MAX_BYTES) {
      drain(context);
      before = null;
    }
    if (before == null) {
      batch = data;
      copied = false;
    } else {
      add(context, before, data);
    }
    if (!promise.isVoid()) {
      promises.add(promise);
    }
  }

  private void add(ChannelHandlerContext context, ByteBuf before, ByteBuf data) {
    ByteBuf all = before;
    if (!copied) {
      int bytes = before.readableBytes() + data.readableBytes();
      all = context.alloc().directBuffer(Math.max(bytes, lastBytes), MAX_BYTES);
      all.writeBytes(before);
      before.release();
      batch = all;
      copied = true;
    }
    all.writeBytes(data);
    data.release();
  }

  private void drain(ChannelHandlerContext context) {
    ByteBuf out = batch;
    if (out == null) {
      return;
    }
    List<ChannelPromise> whose = promises;
    batch = null;
    lastBytes = copied ? out.readableBytes() : 0;
    if (whose.isEmpty()) {
      ChannelIo.write(context, out);
      return;
    }
    promises = new ArrayList<>(whose.size());
    ChannelPromise promise = whose.getFirst();
    if (whose.size() > 1) {
      promise = context.newPromise();
      ChannelIo.ignore(promise.addListener(f -> settle(whose, f.cause())));
    }
    ChannelIo.ignore(context.write(out, promise));
  }

  private static void settle(List<ChannelPromise> promises, @Nullable Throwable failure) {
    for (int i = 0; i < promises.size(); i++) {
      if (failure == null) {
        promises.get(i).trySuccess();
      } else {
        promises.get(i).tryFailure(failure);
      }
    }
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    drain(context);
    context.flush();
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    drain(context);
    ChannelIo.ignore(context.close(promise));
  }

  /** The connection is over, perhaps past this: what was held back cannot leave any more. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    ByteBuf rest = batch;
    batch = null;
    if (rest != null) {
      rest.release();
    }
    List<ChannelPromise> whose = promises;
    promises = new ArrayList<>(0);
    settle(whose, new ClosedChannelException());
  }
}
