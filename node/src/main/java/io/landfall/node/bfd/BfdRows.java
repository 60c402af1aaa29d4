package io.landfall.node.bfd;

import io.landfall.admin.BfdRow;
import io.landfall.bfd.BfdState;
import io.landfall.bfd.BfdView;
import io.landfall.bfd.Diagnostic;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** BFD sessions in the words of the admin API. */
final class BfdRows {
  private static final long MICROS_PER_MILLI = 1_000;

  private BfdRows() {}

  /** A row of a session. */
  static BfdRow of(String peer, String address, BfdView session, Clock clock) {
    long agoMillis = (clock.monotonicNanos() - session.sinceNanos()) / 1_000_000;
    return new BfdRow(
        peer, address, session(session), Instant.ofEpochMilli(clock.wallMillis() - agoMillis));
  }

  /**
   * A row of datagrams that were discarded before a session was found; empty while there were none.
   * Its state is that of no session at all.
   *
   * @param plane where they arrived, in place of an address
   */
  static Optional<BfdRow> ofNoSession(String plane, DiscardCounts discarded, Clock clock) {
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
    return Optional.of(of(BfdRow.NO_SESSION, plane, none, clock));
  }

  private static BfdRow.Session session(BfdView session) {
    BfdView.Times times = session.times();
    BfdView.Counts counts = session.counts();
    return new BfdRow.Session(
        new BfdRow.States(
            session.state().label(),
            session.remoteState().label(),
            session.path().name().toLowerCase(Locale.ROOT)),
        session.diagnostic().words(),
        new BfdRow.Discriminators(session.localDiscriminator(), session.remoteDiscriminator()),
        new BfdRow.Times(
            times.transmit() / MICROS_PER_MILLI,
            times.receive() / MICROS_PER_MILLI,
            times.detection() / MICROS_PER_MILLI),
        session.authentication(),
        new BfdRow.Counts(
            counts.sent(),
            counts.received(),
            counts.ups(),
            counts.downs(),
            counts.discarded().stream()
                .map(each -> new BfdRow.Discards(each.rule().label(), each.count()))
                .toList()),
        session.lastDown());
  }
}
