package io.landfall.edge.loop;

import io.netty.channel.WriteBufferWaterMark;

/** How much may wait to be written to a client or another node before its sender is stopped. */
public final class WaterMarks {
  /** Waiting bytes from which on no request of a client is begun, and no body is written. */
  public static final int HIGH_BYTES = 64 * 1024;

  /** Waiting bytes at which that goes on. */
  static final int LOW_BYTES = 32 * 1024;

  /** Netty's own defaults, but relied on here. */
  public static final WriteBufferWaterMark MARK = new WriteBufferWaterMark(LOW_BYTES, HIGH_BYTES);

  /** Between nodes: waiting bytes at which DATA is written on. */
  public static final int NODES_LOW_BYTES = 8 * 1024;

  /**
   * Between nodes: waiting bytes from which on no DATA is written. Netty writes up to {@link
   * #DATA_STEP_BYTES} beyond it.
   */
  public static final int NODES_HIGH_BYTES = 16 * 1024;

  /** The least of DATA that Netty writes once it writes any. */
  public static final int DATA_STEP_BYTES = 32 * 1024;

  /** Lower than for clients, so that answers and DATA together stay below 64 KiB. */
  public static final WriteBufferWaterMark NODES =
      new WriteBufferWaterMark(NODES_LOW_BYTES, NODES_HIGH_BYTES);

  private WaterMarks() {}
}
