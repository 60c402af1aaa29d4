package io.landfall.admin.metrics;

import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * The figures of the JVM and of its process, by the library's own collectors, under the names that
 * every program has that is written with it (decision 0035). They read beans when they are scraped,
 * and nothing between scrapes.
 *
 * <p>Left out are the collectors that run code at each collection of garbage (allocations by memory
 * pool), and those of what a node does not use: native memory tracking, time of compilation.
 */
public final class JvmMetrics {
  private static final PrometheusRegistry REGISTRY = new PrometheusRegistry();

  static {
    ProcessMetrics.builder().register(REGISTRY);
    JvmMemoryMetrics.builder().register(REGISTRY);
    JvmBufferPoolMetrics.builder().register(REGISTRY);
    JvmGarbageCollectorMetrics.builder().register(REGISTRY);
    JvmThreadsMetrics.builder().register(REGISTRY);
    JvmClassLoadingMetrics.builder().register(REGISTRY);
    JvmRuntimeInfoMetric.builder().register(REGISTRY);
  }

  private JvmMetrics() {}

  /** Loads what is read, and reads it once. */
  public static void load() {
    REGISTRY.scrape();
  }

  static void addTo(MetricSnapshots.Builder all) {
    REGISTRY.scrape().forEach(all::metricSnapshot);
  }
}
