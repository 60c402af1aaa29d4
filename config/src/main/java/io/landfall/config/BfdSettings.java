package io.landfall.config;

import java.util.OptionalInt;

/**
 * BFD with the other nodes.
 *
 * @param enabled whether it runs
 * @param port the UDP port, the same at every node; empty: the number of the overlay's TLS port
 * @param intervalMillis the interval at which to send, and at which packets can be received
 * @param multiplier how many intervals of the peer without a packet mean a dead path
 */
public record BfdSettings(boolean enabled, OptionalInt port, int intervalMillis, int multiplier) {
  /** On, at the default pace, on the port of the overlay. */
  public static final BfdSettings DEFAULT =
      new BfdSettings(
          true,
          OptionalInt.empty(),
          Bounds.DEFAULT_BFD_INTERVAL_MILLIS,
          Bounds.DEFAULT_BFD_MULTIPLIER);

  /** The UDP port to use beside this TLS port. */
  public int portOr(int tlsPort) {
    return port.orElse(tlsPort);
  }
}
