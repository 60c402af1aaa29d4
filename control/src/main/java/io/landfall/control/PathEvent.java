package io.landfall.control;

import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;

/** What happens to the paths to other nodes. */
public sealed interface PathEvent {
  /**
   * An adjacency is up: what an older one proved is forgotten, and a new session begins.
   *
   * @param at the other end of its stream
   * @param direction which side opened the stream
   * @param material {@link PathKeys#BYTES} bytes of keying material of its TLS session; the array
   *     is the machine's to keep
   */
  record AdjacencyUp(PeerIdentity peer, InetSocketAddress at, Direction direction, byte[] material)
      implements PathEvent {}

  /** An adjacency is gone, and with it what was known of its path. */
  record AdjacencyDown(HostAddress node) implements PathEvent {}

  /** A datagram arrived; the array is the machine's to keep. */
  record Datagram(byte[] bytes, InetSocketAddress from) implements PathEvent {}

  /**
   * The node stops: every peer is sent a packet of it, so that none takes its silence for a dead
   * path.
   */
  record Stop() implements PathEvent {}

  /** Time has passed: the deadline was reached. */
  record Tick() implements PathEvent {}
}
