package io.landfall.admin.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The JVM's own figures: memory, collections, threads, CPU, under their customary names. */
final class JvmMetrics {
  private static final Pattern NO_DIGIT = Pattern.compile("\\D");
  private static final long BYTES_PER_KIB = 1024;

  private JvmMetrics() {}

  static void addTo(MetricSnapshots.Builder all) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("jvm_memory_used_bytes")
            .help("Memory in use.")
            .dataPoint(MetricsText.gauge(heap.getUsed(), Labels.of("area", "heap")))
            .dataPoint(MetricsText.gauge(other.getUsed(), Labels.of("area", "nonheap")))
            .build());
    GaugeSnapshot.Builder buffers =
        GaugeSnapshot.builder()
            .name("jvm_buffer_pool_used_bytes")
            .help("Buffers outside the heap.");
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      buffers.dataPoint(MetricsText.gauge(pool.getMemoryUsed(), Labels.of("pool", pool.getName())));
    }
    all.metricSnapshot(buffers.build());
    CounterSnapshot.Builder collections =
        CounterSnapshot.builder()
            .name("jvm_gc_collection_seconds")
            .help("Time spent collecting garbage.");
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections.dataPoint(
          MetricsText.counter(
              Math.max(0, gc.getCollectionTime()) / 1_000.0, Labels.of("gc", gc.getName())));
    }
    all.metricSnapshot(collections.build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("jvm_threads_current")
            .help("Platform threads.")
            .dataPoint(
                MetricsText.gauge(
                    ManagementFactory.getThreadMXBean().getThreadCount(), Labels.EMPTY))
            .build());
    process(all);
  }

  /** The operating system's figures. */
  private static void process(MetricSnapshots.Builder all) {
    Optional<Duration> cpu = ProcessHandle.current().info().totalCpuDuration();
    if (cpu.isPresent()) {
      all.metricSnapshot(
          CounterSnapshot.builder()
              .name("process_cpu_seconds")
              .help("CPU time of the process.")
              .dataPoint(MetricsText.counter(cpu.get().toNanos() / 1e9, Labels.EMPTY))
              .build());
    }
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      gauge(all, "process_open_fds", "Open file descriptors.", unix.getOpenFileDescriptorCount());
      gauge(
          all,
          "process_max_fds",
          "File descriptors that may be open.",
          unix.getMaxFileDescriptorCount());
    }
    residentBytes()
        .ifPresent(
            bytes ->
                gauge(all, "process_resident_memory_bytes", "Memory that is resident.", bytes));
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("process_start_time_seconds")
            .help("When the process started, since 1970.")
            .dataPoint(
                MetricsText.gauge(
                    ManagementFactory.getRuntimeMXBean().getStartTime() / 1_000.0, Labels.EMPTY))
            .build());
  }

  private static void gauge(MetricSnapshots.Builder all, String name, String help, long value) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(MetricsText.gauge(value, Labels.EMPTY))
            .build());
  }

  /** What the process has resident; empty where Linux does not say it. */
  private static OptionalLong residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return OptionalLong.of(
              Long.parseLong(NO_DIGIT.matcher(line).replaceAll("")) * BYTES_PER_KIB);
        }
      }
      return OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
