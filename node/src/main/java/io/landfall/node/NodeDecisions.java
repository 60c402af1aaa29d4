package io.landfall.node;

import io.landfall.admin.DecisionFilter;
import io.landfall.admin.QueryResult;
import io.landfall.admin.RequestsBackend;
import io.landfall.admin.model.DecisionView;
import io.landfall.decision.Reason;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.server.EdgeServer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The last requests of the running edge. What is asked for is looked for among all that the edge
 * keeps, which is more than is shown: so those of a service with few requests are found too.
 *
 * @param edge the running edge; empty before it runs and after
 * @param requests knows which services there are
 */
record NodeDecisions(Supplier<Optional<EdgeServer>> edge, RequestsBackend requests) {
  /** So many are shown. */
  static final int MOST = 200;

  private static final double MICROS_PER_MILLI = 1_000.0;

  /** The newest of these. */
  QueryResult<List<DecisionView>> find(DecisionFilter filter) {
    List<String> reasons = Arrays.stream(Reason.values()).map(Reason::name).toList();
    if (filter.reason().isPresent() && !reasons.contains(filter.reason().get())) {
      return new QueryResult.Wrong<>(
          "there is no reason '"
              + filter.reason().get()
              + "'; there are "
              + reasons.stream().sorted().collect(Collectors.joining(", ")));
    }
    Optional<String> unknown = filter.service().flatMap(requests::unknown);
    if (unknown.isPresent()) {
      return new QueryResult.Missing<>(unknown.get());
    }
    return new QueryResult.Found<>(
        edge
            .get()
            .map(running -> running.decisions(record -> isWanted(filter, record), MOST))
            .orElse(List.of())
            .stream()
            .map(NodeDecisions::view)
            .toList());
  }

  private static boolean isWanted(DecisionFilter filter, DecisionRecord record) {
    return filter.status().has(record.status())
        && isOrAny(filter.service(), record.request().service().map(name -> name.value()))
        && isOrAny(filter.reason(), Optional.of(record.reason().name()))
        && isOrAny(filter.outcome(), Optional.of(outcome(record)));
  }

  private static boolean isOrAny(Optional<String> wanted, Optional<String> found) {
    return wanted.isEmpty() || wanted.equals(found);
  }

  private static String outcome(DecisionRecord record) {
    return record.reason().outcome().name().toLowerCase(Locale.ROOT);
  }

  private static DecisionView view(DecisionRecord record) {
    return new DecisionView(
        Instant.ofEpochMilli(record.wallMillis()),
        new DecisionView.Asked(
            record.request().host(), record.request().path(), record.request().method()),
        new DecisionView.Answer(
            outcome(record), record.reason().name(), record.target(), record.status()),
        record.durationMicros() / MICROS_PER_MILLI);
  }
}
