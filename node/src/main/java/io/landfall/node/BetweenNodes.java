package io.landfall.node;

import io.landfall.acme.ChallengeMessage;
import io.landfall.core.NodeName;
import io.landfall.transport.tls.ForwardChannel;
import java.util.concurrent.CompletableFuture;

/**
 * What nodes ask each other on the channels that they hold: about purges, challenges of CAs, and
 * requests that one has forwarded to the other.
 *
 * @param purges the purges of the fleet
 * @param challenges the challenges that every node answers
 * @param requests the requests that one node has forwarded to another
 */
record BetweenNodes(FleetPurges purges, SharedChallenges challenges, RequestQuestions requests)
    implements HeldChannels {
  /** Another node asks. Any thread. */
  CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    return switch (question.length == 0 ? 0 : question[0]) {
      case ChallengeMessage.MARK -> challenges.asked(node, question);
      case RequestQuestions.MARK -> requests.asked(node, question);
      default -> purges.asked(node, question);
    };
  }

  @Override
  public void up(NodeName node, ForwardChannel channel) {
    purges.up(node, channel);
    challenges.up(node, channel);
    requests.up(node, channel);
  }

  @Override
  public void over(NodeName node, ForwardChannel channel) {
    purges.over(node, channel);
    challenges.over(node, channel);
    requests.over(node, channel);
  }
}
