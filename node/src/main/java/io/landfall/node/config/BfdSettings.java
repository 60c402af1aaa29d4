package io.landfall.node.config;

import io.landfall.bfd.BfdConfig;
import java.util.OptionalInt;

/**
 * BFD with the other nodes.
 *
 * @param enabled whether it is spoken
 * @param port the UDP port, the same at every node; empty: the number of the overlay's TLS port
 * @param timing how often, and how many times
 */
public record BfdSettings(boolean enabled, OptionalInt port, BfdConfig.Timing timing) {
  /** On, at the default pace, on the port of the overlay. */
  public static final BfdSettings DEFAULT =
      new BfdSettings(true, OptionalInt.empty(), BfdConfig.Timing.DEFAULT);

  /** The UDP port to use beside this TLS port. */
  public int portOr(int tlsPort) {
    return port.orElse(tlsPort);
  }
}
