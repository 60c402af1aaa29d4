package io.landfall.edge.cache;

import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.http.Framing;
import org.jspecify.annotations.Nullable;

/**
 * The body of an error that goes to no client, because a stored response stands in for it. A short
 * one is read to its end, so that its connection can be used again; a long one is broken off.
 */
final class Leftover {
  /** The longest such body that is read, in bytes. */
  static final int MOST_BYTES = 64 * 1024;

  private @Nullable Exchange from;
  private long left;

  /** A body follows that has no use. */
  void follows(@Nullable Exchange exchange, Framing framing) {
    from = exchange;
    left = MOST_BYTES;
    if (!framing.isEmpty() && framing.length() > MOST_BYTES) {
      breakOff();
    }
  }

  /** So much of it came. */
  void came(int bytes) {
    left -= bytes;
    if (left < 0) {
      breakOff();
    }
  }

  private void breakOff() {
    Exchange read = from;
    from = null;
    if (read != null) {
      read.notNeeded();
    }
  }
}
