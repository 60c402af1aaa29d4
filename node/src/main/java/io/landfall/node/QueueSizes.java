package io.landfall.node;

import io.landfall.admin.metrics.QueueSize;
import io.landfall.edge.QueueUse;
import io.landfall.node.watch.RouteMonitoring;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How full the queues of a node are that have no metrics of their own room. Any thread. */
final class QueueSizes {
  private QueueSizes() {}

  /** Those that there are by the config. */
  static List<QueueSize> of(ControlLoop control, NodeRecords records, RouteMonitoring watching) {
    List<QueueSize> all = new ArrayList<>();
    all.add(QueueSize.unbounded(QueueSize.CONTROL, control.waiting()));
    add(all, QueueSize.ACCESS_LOG, records.log().queue());
    add(all, QueueSize.TRACING, records.spanQueue());
    watching.queue().ifPresent(all::add);
    return all;
  }

  private static void add(List<QueueSize> all, String queue, Optional<QueueUse> use) {
    use.ifPresent(found -> all.add(QueueSize.of(queue, found.now(), found.most())));
  }
}
