package io.landfall.edge.h2;

import io.landfall.edge.loop.ChannelIo;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the WINDOW_UPDATE frames of one connection (RFC 9113 section 6.9). While {@link
 * #MAX_WAITING} of them have not left, further ones are added up by stream instead, and follow as
 * one frame each, in their order, once half of the others have left: a peer that sends without end
 * and does not read has no more of them waiting for it, and gets no more to send either. As long as
 * any is added up none goes past it, or a stream would wait for as long as others are busy.
 */
final class WindowUpdates extends DecoratingHttp2FrameWriter {
  /** The most frames that wait to be written. */
  static final int MAX_WAITING = 64;

  private final Http2Connection connection;
  // Of open streams, and of the connection itself.
  private final Map<Integer, Integer> addedUp = new LinkedHashMap<>(0);
  private int waiting;
  private boolean catchingUp;

  /** Those of a connection, through its writer: a writer of its own would be 1 KiB a connection. */
  WindowUpdates(Http2Connection connection, Http2FrameWriter writer) {
    super(writer);
    this.connection = connection;
  }

  @Override
  public ChannelFuture writeWindowUpdate(
      ChannelHandlerContext context, int streamId, int increment, ChannelPromise promise) {
    if (waiting >= MAX_WAITING || !addedUp.isEmpty()) {
      addedUp.merge(streamId, increment, Integer::sum);
      return promise.setSuccess();
    }
    return send(context, streamId, increment, promise);
  }

  private ChannelFuture send(
      ChannelHandlerContext context, int streamId, int increment, ChannelPromise promise) {
    waiting++;
    return super.writeWindowUpdate(context, streamId, increment, promise)
        .addListener(f -> left(context));
  }

  private void left(ChannelHandlerContext context) {
    waiting--;
    if (waiting <= MAX_WAITING / 2 && !addedUp.isEmpty() && !catchingUp) {
      catchingUp = true;
      // Not from within the write that has just ended.
      context.executor().execute(() -> catchUp(context));
    }
  }

  private void catchUp(ChannelHandlerContext context) {
    catchingUp = false;
    while (!addedUp.isEmpty() && waiting < MAX_WAITING && context.channel().isActive()) {
      Map.Entry<Integer, Integer> first = addedUp.entrySet().iterator().next();
      int streamId = first.getKey();
      int increment = first.getValue();
      addedUp.remove(streamId);
      if (connection.stream(streamId) != null) {
        ChannelIo.ignore(send(context, streamId, increment, context.newPromise()));
      }
    }
    context.flush();
  }

  /** A stream is closed: it needs no window any more. */
  void closed(int streamId) {
    addedUp.remove(streamId);
  }
}
