package io.landfall.node.admin;

import io.landfall.bfd.BfdView;
import io.landfall.core.Clock;
import java.time.Instant;

/**
 * One BFD session as {@code show bfd} has it.
 *
 * @param peer the node's name, or the upstream's address
 * @param address where its packets go, as far as it is known
 * @param session the session
 * @param since when the state changed last
 */
public record BfdRow(String peer, String address, BfdView session, Instant since) {
  /** A row from a session's view. */
  public static BfdRow of(String peer, String address, BfdView session, Clock clock) {
    long agoMillis = (clock.monotonicNanos() - session.sinceNanos()) / 1_000_000;
    return new BfdRow(peer, address, session, Instant.ofEpochMilli(clock.wallMillis() - agoMillis));
  }
}
