package io.landfall.edge.h2;

import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.exchange.AttemptFailure;

/** Where an {@link H2Attempt} is made: another node, or a backend beside this one. */
interface H2Place {
  /** The place, for not trying it twice. */
  Object place();

  /** The place, for people. */
  String name();

  /** The next hop for Proxy-Status. */
  String nextHop();

  /** Whether it is another node. */
  boolean isForward();

  /** Whether it can still be expected to answer, by the newest snapshot. */
  boolean isStillThere(EdgeSnapshot snapshot);

  /** Gives the attempt a connection, now or later, or lets it fail. */
  void start(H2Attempt attempt);

  /** An attempt waits for a connection no more. */
  void forget(H2Attempt attempt);

  /** The response did not come in time, on that connection if there was one. */
  void timedOut(H2Attempt attempt);

  /**
   * What a failure on a stream means there, which may interest those who watch over the place.
   *
   * @param failure what happened to the stream
   * @param end how the stream ended
   * @param used whether its connection had brought a response before
   */
  AttemptFailure judge(AttemptFailure failure, StreamEnd end, boolean used);
}
