package io.landfall.node;

import io.landfall.core.NodeName;
import io.landfall.transport.tls.ForwardChannel;

/**
 * Learns of the channels to other nodes that are held open, each proved by a certificate. On the
 * control thread, and before plane two does.
 */
interface HeldChannels {
  /** A channel is up. */
  void up(NodeName node, ForwardChannel channel);

  /** One that may have been up is over. */
  void over(NodeName node, ForwardChannel channel);
}
