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

  /**
   * The most at once towards a backend: with {@link #PER_SECOND_TO_BACKEND} fewer than the 200 in
   * 30 seconds at which Netty, and gRPC for Java with it, ends a connection unless told otherwise.
   */
  static final int BURST_TO_BACKEND = 100;

  /** The most per second in the long run, towards a backend. */
  static final int PER_SECOND_TO_BACKEND = 3;

  private final TokenBucket tokens;

  /** Between nodes. */
  ResetBudget() {
    this(BURST, PER_SECOND);
  }

  private ResetBudget(int burst, int perSecond) {
    tokens = new TokenBucket(burst, 1_000_000_000L / perSecond);
  }

  /** On a connection with somebody. */
  static ResetBudget to(H2Profile.Peer peer) {
    return peer == H2Profile.Peer.BACKEND
        ? new ResetBudget(BURST_TO_BACKEND, PER_SECOND_TO_BACKEND)
        : new ResetBudget();
  }

  /** Takes one, and says whether there was one. */
  boolean take(long nowNanos) {
    return tokens.take(nowNanos);
  }
}
