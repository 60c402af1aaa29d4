package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;

/**
 * What happens to the connections on which other nodes forward requests to this one. The number of
 * a connection is given once and never again.
 */
public sealed interface RequestEvent {
  /**
   * A connection is there, and its requests wait.
   *
   * @param peer what its certificate proved
   * @param from the address at the other end
   */
  record Arrived(long connection, PeerIdentity peer, InetAddress from) implements RequestEvent {}

  /** A connection has ended. */
  record Gone(long connection) implements RequestEvent {}

  /** Something changed about a node: its session, its channel, or who else shows its identity. */
  record SenderChanged(HostAddress sender) implements RequestEvent {}

  /** The routes to these hosts changed, by their offsets in the block; nodes are among them. */
  record RoutesChanged(int[] offsets) implements RequestEvent {}

  /**
   * Rights are looked at again.
   *
   * @param list the list in force from now on
   * @param wallMillis the wall clock that certificates are held against
   */
  record RightsChecked(Revocations list, long wallMillis) implements RequestEvent {}

  /** Time has passed; sent when {@link RequestConnections#deadlineNanos} is reached. */
  record Tick() implements RequestEvent {}
}
