package io.landfall.checks.leaks;

import io.netty.buffer.PooledByteBufAllocator;

/** A program that drops buffers without releasing them, until Netty's detector has seen it. */
public final class PlantedLeak {
  /** Far more than the detector, which looks at each allocation, needs after a collection. */
  private static final int MOST_ROUNDS = 200;

  private static final int BUFFERS_A_ROUND = 64;

  private PlantedLeak() {}

  /** Drops buffers, or, with the argument {@code release}, releases each. */
  @SuppressWarnings("SystemGc") // The detector learns of a buffer when it is collected.
  public static void main(String[] args) {
    boolean release = args.length > 0 && args[0].equals("release");
    for (int round = 0; round < MOST_ROUNDS; round++) {
      for (int i = 0; i < BUFFERS_A_ROUND; i++) {
        var buffer = PooledByteBufAllocator.DEFAULT.buffer(64);
        if (release) {
          buffer.release();
        }
      }
      System.gc();
    }
  }
}
