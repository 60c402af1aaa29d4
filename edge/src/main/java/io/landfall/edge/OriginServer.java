package io.landfall.edge;

import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One origin server beside this node.
 *
 * @param place where it is, and how it is spoken to
 * @param healthy whether it works, as far as is known
 * @param weight its share of new requests in relation to the others'; 0 for none, while those that
 *     it has finish
 * @param traits what else decides which requests it gets
 */
public record OriginServer(OriginPlace place, boolean healthy, int weight, Traits traits) {
  /** The largest weight, so that the weights of all backends of a service add up in an int. */
  public static final int MAX_WEIGHT = 1_000;

  /**
   * What else decides which requests it gets.
   *
   * @param cookie the value of the service's sticky cookie that stands for it; empty without one
   * @param only what a request must have to be sent to it; empty for nothing
   * @param upSinceNanos since when it is up, by the clock of the event loops; {@link #ALWAYS} if
   *     that was so long ago that it does not matter
   */
  public record Traits(AsciiString cookie, Optional<RequestMatch> only, long upSinceNanos) {
    /** It is up since long. */
    public static final long ALWAYS = Long.MIN_VALUE;

    /** None. */
    public static final Traits NONE =
        new Traits(AsciiString.EMPTY_STRING, Optional.empty(), ALWAYS);
  }

  /** Checks the weight. */
  public OriginServer {
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException("weight " + weight + " is outside 0.." + MAX_WEIGHT);
    }
  }

  /** One that gets requests by its weight alone. */
  public OriginServer(OriginPlace place, boolean healthy, int weight) {
    this(place, healthy, weight, Traits.NONE);
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
