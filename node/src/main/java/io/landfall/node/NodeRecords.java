package io.landfall.node;

import io.landfall.admin.metrics.MetricsSource.AccessLogCounts;
import io.landfall.admin.metrics.MetricsSource.SpanCounts;
import io.landfall.config.NodeConfig;
import io.landfall.edge.QueueUse;
import io.landfall.edge.access.RequestRecords;
import java.util.Optional;

/** Where what is recorded of single requests goes, as the config has it: a log, and tracing. */
final class NodeRecords implements AutoCloseable {
  private final NodeAccessLog log;
  private final NodeTracing tracing;

  NodeRecords(NodeConfig config) {
    log = new NodeAccessLog(config);
    tracing = new NodeTracing(config);
  }

  /**
   * Opens both.
   *
   * @throws StartFailed when one of them cannot be
   */
  RequestRecords open() throws StartFailed {
    return new RequestRecords(log.open(), tracing.open());
  }

  /** The access log. */
  NodeAccessLog log() {
    return log;
  }

  /** What the access log has counted; empty without one. */
  Optional<AccessLogCounts> logCounts() {
    return log.stats()
        .map(
            stats ->
                new AccessLogCounts(stats.written(), stats.lost(), stats.problem().isPresent()));
  }

  /** What became of spans; empty without tracing. */
  Optional<SpanCounts> spanCounts() {
    return tracing
        .stats()
        .map(
            stats ->
                new SpanCounts(
                    stats.exported(),
                    stats.dropped(),
                    stats.failed(),
                    stats.problem().isPresent()));
  }

  /** How many requests wait to be sent as spans; empty without tracing. */
  Optional<QueueUse> spanQueue() {
    return tracing.queue();
  }

  @Override
  public void close() {
    log.close();
    tracing.close();
  }
}
