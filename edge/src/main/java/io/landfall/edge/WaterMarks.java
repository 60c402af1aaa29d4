package io.landfall.edge;

import io.netty.channel.WriteBufferWaterMark;

/** How much may wait to be written to a client or another node before its sender is stopped. */
final class WaterMarks {
  /** Waiting bytes from which on no request of a client is begun, and no body is written. */
  static final int HIGH_BYTES = 64 * 1024;

  /** Waiting bytes at which that goes on. */
  static final int LOW_BYTES = 32 * 1024;

  /** Netty's own defaults, but relied on here. */
  static final WriteBufferWaterMark MARK = new WriteBufferWaterMark(LOW_BYTES, HIGH_BYTES);

  private WaterMarks() {}
}
