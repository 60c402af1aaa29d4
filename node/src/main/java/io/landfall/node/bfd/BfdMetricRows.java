package io.landfall.node.bfd;

import io.landfall.admin.metrics.MetricsSource.BfdCount;
import io.landfall.admin.metrics.MetricsSource.BfdUnmatched;
import io.landfall.admin.model.BfdRow;
import io.landfall.bfd.BfdState;
import java.util.List;

/** BFD in the words of metrics. */
public final class BfdMetricRows {
  private BfdMetricRows() {}

  /** The sessions. */
  public static List<BfdCount> sessions(List<BfdRow> rows) {
    return rows.stream()
        .filter(BfdRow::isSession)
        .map(
            row ->
                new BfdCount(
                    row.peer(),
                    row.states().state().equals(BfdState.UP.label()),
                    row.counts().downs(),
                    row.counts().discardedByAnyRule()))
        .toList();
  }

  /** Datagrams that belonged to no session. */
  public static List<BfdUnmatched> unmatched(List<BfdRow> rows) {
    return rows.stream()
        .filter(row -> !row.isSession())
        .flatMap(
            row ->
                row.counts().discarded().entrySet().stream()
                    .map(each -> new BfdUnmatched(row.address(), each.getKey(), each.getValue())))
        .toList();
  }
}
