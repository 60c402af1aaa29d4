package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.admin.PeerView;
import io.landfall.core.HostAddress;
import io.landfall.trust.Duplicates;
import io.landfall.trust.Holder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Duplicates of an identity as {@code show peers} has them. On the control thread only. */
final class ClashViews {
  private ClashViews() {}

  /** One row for each pair, after the rows of peers and candidates. */
  static List<PeerView> rows(Node node) {
    return node.overlay.plane().duplicates().rows().stream()
        .map(
            row -> {
              Optional<Holder> other = row.refused().or(row::live);
              // A peer that refused this node has its own row: this one is about this node.
              boolean ours = row.kind() == Duplicates.Kind.REFUSED_THERE;
              return new PeerView(
                  ours
                      ? Optional.of(node.config.name().value())
                      : other.map(holder -> holder.certificate().name().value()),
                  Optional.of(row.identity()),
                  "duplicate",
                  OptionalDouble.empty(),
                  other.map(holder -> holder.at().toString()).orElse(""),
                  PeerView.RouteCounts.NONE,
                  Optional.of(row.sentence() + "; " + row.count() + " times"));
            })
        .toList();
  }

  /** The clashes over one peer's identity, and those in which it refused this node. */
  static List<Fields> of(Node node, HostAddress identity) {
    return node.overlay.plane().duplicates().rows().stream()
        .filter(row -> row.identity().equals(identity) || isLive(row, identity))
        .map(ClashViews::fields)
        .toList();
  }

  private static boolean isLive(Duplicates.Row row, HostAddress identity) {
    return row.live().filter(live -> live.certificate().identity().equals(identity)).isPresent();
  }

  private static Fields fields(Duplicates.Row row) {
    return new Fields()
        .put("kind", row.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
        .put("identity", row.identity().toString())
        .put("live", row.live().map(ClashViews::holder))
        .put("refused", row.refused().map(ClashViews::holder))
        .put("count", row.count())
        .put("first", Instant.ofEpochMilli(row.firstMillis()).toString())
        .put("last", Instant.ofEpochMilli(row.lastMillis()).toString())
        .put("what", row.sentence());
  }

  private static Fields holder(Holder holder) {
    return new Fields()
        .put("name", holder.certificate().name().value())
        .put("address", holder.at().toString())
        .put("serial", holder.certificate().serial())
        .put("sha256", holder.certificate().fingerprint());
  }
}
