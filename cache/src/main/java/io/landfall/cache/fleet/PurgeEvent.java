package io.landfall.cache.fleet;

import io.landfall.core.NodeName;

/** What happens to the purges of a node. */
public sealed interface PurgeEvent {
  /**
   * A purge was given at this node.
   *
   * @param ticket a number for {@link PurgeEffect.Answer}, given once
   * @param waitNanos how long to wait for other nodes
   */
  record Given(long ticket, FleetPurge purge, long waitNanos) implements PurgeEvent {}

  /** A node is there: it has a session with this one, and may be sent requests or not. */
  record Known(NodeName node) implements PurgeEvent {}

  /** A channel to a node is up: requests can be sent to it. */
  record PeerUp(NodeName node) implements PurgeEvent {}

  /** The channel to a node is over. */
  record PeerDown(NodeName node) implements PurgeEvent {}

  /**
   * A node has sent a request, which is owed an answer.
   *
   * @param exchange the number for {@link PurgeEffect.Reply}
   * @param from the node, proved by its certificate
   */
  record Received(long exchange, NodeName from, PurgeMessage.Request message)
      implements PurgeEvent {}

  /** A node has answered. */
  record Answered(NodeName node, long request, PurgeMessage.Reply message) implements PurgeEvent {}

  /** A request was not answered, or not well. */
  record Failed(NodeName node, long request, String why) implements PurgeEvent {}

  /** Time has passed: the deadline was reached. */
  record Tick() implements PurgeEvent {}
}
