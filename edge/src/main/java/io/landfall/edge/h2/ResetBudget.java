package io.landfall.edge.h2;

/**
 * How many RST_STREAM frames one HTTP/2 connection between nodes may still send: a store of {@link
 * #BURST} that fills again at {@link #PER_SECOND}. So in no span of {@link
 * H2Profile#resetWindowSeconds} are there more than {@code BURST + resetWindowSeconds *
 * PER_SECOND}, which is below the {@link H2Profile#maxResets} at which the other end takes us for
 * an attacker, with room for what Netty sends by itself.
 */
final class ResetBudget {
  /** The most at once: more than a connection has streams. */
  static final int BURST = 2_000;

  /** The most per second in the long run. */
  static final int PER_SECOND = 500;

  private final TokenBucket tokens = new TokenBucket(BURST, 1_000_000_000L / PER_SECOND);

  /** Takes one, and says whether there was one. */
  boolean take(long nowNanos) {
    return tokens.take(nowNanos);
  }
}
