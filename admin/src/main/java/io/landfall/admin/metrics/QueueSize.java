package io.landfall.admin.metrics;

import java.util.OptionalLong;

/**
 * How full a queue is.
 *
 * @param queue which one
 * @param size what waits in it now; in the unit of the queue, which docs/metrics.md names
 * @param capacity beyond what it loses; empty where it loses nothing
 */
public record QueueSize(String queue, long size, OptionalLong capacity) {
  /** The control thread's: tasks. It has no bound of its own, those who add to it have. */
  public static final String CONTROL = "control";

  /** The access log's: bytes. */
  public static final String ACCESS_LOG = "access_log";

  /** Tracing's: requests. */
  public static final String TRACING = "tracing";

  /** The records of MRT files: bytes. */
  public static final String MRT = "mrt";

  /** One that loses what comes beyond its capacity. */
  public static QueueSize of(String queue, long size, long capacity) {
    return new QueueSize(queue, size, OptionalLong.of(capacity));
  }

  /** One that loses nothing. */
  public static QueueSize unbounded(String queue, long size) {
    return new QueueSize(queue, size, OptionalLong.empty());
  }
}
