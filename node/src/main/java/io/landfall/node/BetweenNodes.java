package io.landfall.node;

import io.landfall.acme.ChallengeMessage;
import io.landfall.core.NodeName;
import io.landfall.transport.tls.ForwardChannel;
import java.util.concurrent.CompletableFuture;

/**
 * What nodes tell each other on the channels that they hold: purges, and challenges of CAs.
 *
 * @param purges the purges of the fleet
 * @param challenges the challenges that every node answers
 */
record BetweenNodes(FleetPurges purges, SharedChallenges challenges) implements HeldChannels {
  /** Another node asks. Any thread. */
  CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    return question.length > 0 && question[0] == ChallengeMessage.MARK
        ? challenges.asked(node, question)
        : purges.asked(node, question);
  }

  @Override
  public void up(NodeName node, ForwardChannel channel) {
    purges.up(node, channel);
    challenges.up(node, channel);
  }

  @Override
  public void over(NodeName node, ForwardChannel channel) {
    purges.over(node, channel);
    challenges.over(node, channel);
  }
}
