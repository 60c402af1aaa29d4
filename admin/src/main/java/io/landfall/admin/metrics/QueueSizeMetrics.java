package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** How full the queues of a node are, so that one that fills up is seen before it loses. */
final class QueueSizeMetrics {
  private static final String QUEUE = "queue";

  private QueueSizeMetrics() {}

  static void addTo(MetricSnapshots.Builder all, List<QueueSize> queues) {
    GaugeSnapshot.Builder sizes =
        GaugeSnapshot.builder()
            .name("landfall_queue_size")
            .help(
                "What waits in a queue of the node: tasks of control, bytes of access_log and mrt,"
                    + " requests of tracing.");
    GaugeSnapshot.Builder capacities =
        GaugeSnapshot.builder()
            .name("landfall_queue_capacity")
            .help("What may wait in it before it loses some, in the same unit; none for control.");
    for (QueueSize each : queues) {
      Labels labels = Labels.of(QUEUE, each.queue());
      sizes.dataPoint(MetricsText.gauge(each.size(), labels));
      each.capacity().ifPresent(most -> capacities.dataPoint(MetricsText.gauge(most, labels)));
    }
    all.metricSnapshot(sizes.build());
    all.metricSnapshot(capacities.build());
  }
}
