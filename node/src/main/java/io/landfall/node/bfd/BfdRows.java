package io.landfall.node.bfd;

import io.landfall.admin.model.BfdRow;
import io.landfall.bfd.BfdState;
import io.landfall.bfd.BfdView;
import io.landfall.bfd.Diagnostic;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** BFD sessions in the words of the admin API. */
final class BfdRows {
  private static final long MICROS_PER_MILLI = 1_000;

  private BfdRows() {}

  /** A row of a session. */
  static BfdRow of(String peer, String address, BfdView session, Clock clock) {
    long agoMillis = (clock.monotonicNanos() - session.past().sinceNanos()) / 1_000_000;
    BfdView.Times times = session.times();
    BfdView.Counts counts = session.counts();
    Map<String, Long> discarded = new LinkedHashMap<>();
    counts.discarded().forEach(each -> discarded.put(each.rule().label(), each.count()));
    return new BfdRow(
        peer,
        address,
        new BfdRow.States(
            session.local().state().label(),
            session.remote().state().label(),
            session.path().name().toLowerCase(Locale.ROOT),
            Instant.ofEpochMilli(clock.wallMillis() - agoMillis)),
        new BfdRow.Ends(
            session.past().diagnostic().words(),
            hex(session.local().discriminator()),
            hex(session.remote().discriminator())),
        new BfdRow.Times(
            times.transmit() / MICROS_PER_MILLI,
            times.receive() / MICROS_PER_MILLI,
            times.detection() / MICROS_PER_MILLI),
        session.authentication(),
        new BfdRow.Counts(
            counts.sent(), counts.received(), counts.ups(), counts.downs(), discarded),
        session.past().lastDown());
  }

  private static String hex(int discriminator) {
    return String.format(Locale.ROOT, "0x%08x", discriminator);
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
            new BfdView.End(BfdState.DOWN, 0),
            new BfdView.End(BfdState.DOWN, 0),
            PathLiveness.UNPROVED,
            new BfdView.Times(0, 0, 0),
            "none",
            new BfdView.Counts(0, 0, 0, 0, counts),
            new BfdView.Past(clock.monotonicNanos(), Diagnostic.NONE, ""));
    return Optional.of(of(BfdRow.NO_SESSION, plane, none, clock));
  }
}
