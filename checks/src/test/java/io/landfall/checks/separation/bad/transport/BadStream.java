package io.landfall.checks.separation.bad.transport;

import io.landfall.checks.separation.bad.bgp.BadCodec;
import io.landfall.checks.separation.bad.ingress.BadOriginator;
import io.landfall.checks.separation.bad.overlay.BadTable;

/** A stream that reads the messages on it, and knows both planes. */
public final class BadStream {
  private final BadCodec codec = new BadCodec();

  /** Whether a stream may send on. */
  public boolean maySend(BadTable table, String prefix) {
    return codec.lengthBits(prefix) == 0 && BadOriginator.announces(table);
  }
}
