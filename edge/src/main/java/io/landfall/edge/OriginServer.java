package io.landfall.edge;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One origin server beside this node.
 *
 * @param place where it is, and how it is spoken to
 * @param healthy whether it works, as far as is known
 * @param weight its share of new requests in relation to the others'; 0 for none, while those that
 *     it has finish
 */
public record OriginServer(OriginPlace place, boolean healthy, int weight) {
  /** The largest weight, so that the weights of all backends of a service add up in an int. */
  public static final int MAX_WEIGHT = 1_000;

  /** Checks the weight. */
  public OriginServer {
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException("weight " + weight + " is outside 0.." + MAX_WEIGHT);
    }
  }

  /** One that is spoken to over plain TCP, with the usual weight of 1. */
  public OriginServer(InetSocketAddress address, boolean healthy) {
    this(new OriginPlace(address, Optional.empty()), healthy, 1);
  }

  /** Its resolved address. */
  public InetSocketAddress address() {
    return place.address();
  }

  /** Whether new requests may be sent to it now. */
  public boolean takesRequests() {
    return healthy && weight > 0;
  }
}
