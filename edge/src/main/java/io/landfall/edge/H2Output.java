package io.landfall.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPromise;

/**
 * The body that goes out on one stream, with a count of what the peer's window or the socket has
 * not let out yet: Netty queues without a bound, so this is the bound.
 */
final class H2Output {
  private static final int HIGH_WATER_BYTES = 256 * 1024;
  private static final int LOW_WATER_BYTES = 64 * 1024;

  private final H2Connection connection;
  private final int streamId;
  private final Runnable onWritable;
  private int pending;
  private boolean stopped;

  H2Output(H2Connection connection, int streamId, Runnable onWritable) {
    this.connection = connection;
    this.streamId = streamId;
    this.onWritable = onWritable;
  }

  void write(ByteBuf data) {
    int bytes = data.readableBytes();
    pending += bytes;
    if (pending >= HIGH_WATER_BYTES) {
      stopped = true;
    }
    ChannelPromise promise = connection.context().newPromise();
    Io.ignore(promise.addListener(f -> left(bytes)));
    connection.writeData(streamId, data, false, promise);
  }

  /** Ends the stream's output; what to do after that has left may be more than nothing. */
  void end(Runnable afterwards) {
    ChannelPromise promise = connection.context().newPromise();
    Io.ignore(promise.addListener(f -> afterwards.run()));
    connection.writeData(streamId, Unpooled.EMPTY_BUFFER, true, promise);
  }

  boolean isWritable() {
    return !stopped;
  }

  private void left(int bytes) {
    pending -= bytes;
    if (stopped && pending <= LOW_WATER_BYTES) {
      stopped = false;
      onWritable.run();
    }
  }
}
