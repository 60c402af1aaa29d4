package io.landfall.acme;

import java.util.List;

/** Answers challenges wherever the CA's requests may land. */
public interface ChallengePublisher {
  /**
   * Has challenges answered, and waits until they are. Blocks, for a bounded time.
   *
   * @throws AcmeFailure when another order for one of the names is under way, whose challenge
   *     stands in the way
   * @throws InterruptedException when the thread is interrupted
   */
  void publish(List<PendingChallenge> challenges) throws AcmeFailure, InterruptedException;

  /** Has them answered no more. */
  void withdraw(List<PendingChallenge> challenges);
}
