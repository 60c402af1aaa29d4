package io.landfall.node.admin;

import io.landfall.bfd.BfdState;
import io.landfall.bfd.BfdView;
import io.landfall.bfd.Diagnostic;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One BFD session as {@code show bfd} has it.
 *
 * @param peer the node's name, or the upstream's address
 * @param address where its packets go, as far as it is known
 * @param session the session
 * @param since when the state changed last
 */
public record BfdRow(String peer, String address, BfdView session, Instant since) {
  /** In place of a peer, where datagrams belonged to no session. */
  public static final String NO_SESSION = "(no session)";

  /**
   * A row for datagrams that were discarded before a session was found; empty while there were
   * none. Its state is that of no session at all.
   *
   * @param plane where they arrived, in place of an address
   */
  public static Optional<BfdRow> ofNoSession(String plane, DiscardCounts discarded, Clock clock) {
    List<BfdView.Discards> counts = discarded.view();
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    BfdView none =
        new BfdView(
            BfdState.DOWN,
            BfdState.DOWN,
            PathLiveness.UNPROVED,
            Diagnostic.NONE,
            0,
            0,
            new BfdView.Times(0, 0, 0),
            "none",
            new BfdView.Counts(0, 0, 0, 0, counts),
            clock.monotonicNanos(),
            "");
    return Optional.of(of(NO_SESSION, plane, none, clock));
  }

  /** Whether there is a session; else the row only has what was discarded without one. */
  public boolean isSession() {
    return !peer.equals(NO_SESSION);
  }

  /** A row from a session's view. */
  public static BfdRow of(String peer, String address, BfdView session, Clock clock) {
    long agoMillis = (clock.monotonicNanos() - session.sinceNanos()) / 1_000_000;
    return new BfdRow(peer, address, session, Instant.ofEpochMilli(clock.wallMillis() - agoMillis));
  }
}
