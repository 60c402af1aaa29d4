package io.landfall.node;

import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.PeerRow;
import io.landfall.control.ControlPlane;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.trust.Duplicates;
import io.landfall.trust.Holder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Duplicates of an identity as {@code show peers} has them. On the control thread only. */
final class DuplicateRows {
  private final ControlPlane plane;
  private final NodeName own;

  /**
   * Made for one node.
   *
   * @param own this node's name
   */
  DuplicateRows(ControlPlane plane, NodeName own) {
    this.plane = plane;
    this.own = own;
  }

  /** One row for each pair, after the rows of peers and candidates. */
  List<PeerRow> rows() {
    return plane.duplicates().rows().stream()
        .map(
            row -> {
              Optional<Holder> other = row.refused().or(row::live);
              // A peer that refused this node has its own row: this one is about this node.
              boolean ours = row.kind() == Duplicates.Kind.REFUSED_THERE;
              return new PeerRow(
                  new PeerRow.Who(
                      ours
                          ? Optional.of(own.value())
                          : other.map(holder -> holder.certificate().name().value()),
                      Optional.of(row.identity().toString())),
                  new PeerRow.Session("duplicate", OptionalDouble.empty()),
                  other.map(holder -> holder.at().toString()).orElse(""),
                  PeerRow.RouteCounts.NONE,
                  Optional.of(row.sentence() + "; " + row.count() + " times"));
            })
        .toList();
  }

  /** The clashes over one peer's identity, and those in which it refused this node. */
  List<PeerReport.Duplicate> of(HostAddress identity) {
    return plane.duplicates().rows().stream()
        .filter(row -> row.identity().equals(identity) || isLive(row, identity))
        .map(DuplicateRows::report)
        .toList();
  }

  private static boolean isLive(Duplicates.Row row, HostAddress identity) {
    return row.live().filter(live -> live.certificate().identity().equals(identity)).isPresent();
  }

  private static PeerReport.Duplicate report(Duplicates.Row row) {
    return new PeerReport.Duplicate(
        row.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
        row.identity().toString(),
        row.live().map(DuplicateRows::holder),
        row.refused().map(DuplicateRows::holder),
        row.count(),
        new PeerReport.Seen(
            Instant.ofEpochMilli(row.firstMillis()), Instant.ofEpochMilli(row.lastMillis())),
        row.sentence());
  }

  private static PeerReport.Holder holder(Holder holder) {
    return new PeerReport.Holder(
        holder.certificate().name().value(),
        holder.at().toString(),
        holder.certificate().serial(),
        holder.certificate().fingerprint());
  }
}
