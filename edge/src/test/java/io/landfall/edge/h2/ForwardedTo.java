package io.landfall.edge.h2;

import io.landfall.decision.Candidate;
import io.netty.channel.Channel;

/** Connections to other nodes that are there without having been dialled. */
public final class ForwardedTo {
  /** So many requests on each connection, and one more is opened. */
  public static final int SPREAD_STREAMS = H2ClientPool.SPREAD_STREAMS;

  private ForwardedTo() {}

  /** Adds a connection whose handshake is done. */
  public static void connected(ForwardPools pools, Candidate candidate, Channel channel) {
    pools.of(candidate).connected(channel);
  }
}
