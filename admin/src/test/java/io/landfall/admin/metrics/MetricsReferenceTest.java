package io.landfall.admin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.FakeMetrics;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of docs/metrics.md is what a scrape has when everything is in use. */
class MetricsReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "metrics.md");
  private static final String WRITE = "metrics.reference.write";
  private static final String BEGIN = "<!-- From here on: made by MetricsReferenceTest. -->\n";

  /** A node with a cache on disk, watchers, an access log and BFD. */
  private static final class Everything extends FakeMetrics {
    @Override
    public Optional<AccessLogCounts> accessLog() {
      return Optional.of(new AccessLogCounts(1, 2, false));
    }

    @Override
    public Optional<SpanCounts> spans() {
      return Optional.of(new SpanCounts(1, 2, 3, true));
    }

    @Override
    public List<CacheCount> cache() {
      List<CacheCount> all = new ArrayList<>();
      for (Map<String, String> of : List.of(CacheMetrics.GAUGES, CacheMetrics.COUNTERS)) {
        for (String what : of.keySet()) {
          boolean ofAll = what.startsWith("memory_") || what.equals("fetches_in_progress");
          all.add(
              what.startsWith("disk_")
                  ? CacheCount.ofDisk(what, "/var/cache/landfall", 1)
                  : new CacheCount(what, ofAll ? "" : "shop", 1));
        }
      }
      return all;
    }

    @Override
    public List<PurgeCount> purges() {
      List<PurgeCount> all = new ArrayList<>();
      for (Map<String, String> of : List.of(PurgeMetrics.GAUGES, PurgeMetrics.COUNTERS)) {
        of.keySet()
            .forEach(
                what -> all.add(new PurgeCount(what, what.startsWith("peer_") ? "nyc" : "", 1)));
      }
      return all;
    }

    @Override
    public List<WatchCount> watch() {
      List<WatchCount> all = new ArrayList<>();
      all.add(new WatchCount("bmp_connected", "192.0.2.9:1790", 1));
      for (String what : WatchMetrics.COUNTERS.keySet()) {
        all.add(new WatchCount(what, what.startsWith("mrt_") ? "" : "192.0.2.9:1790", 1));
      }
      return all;
    }

    @Override
    public List<BfdCount> bfd() {
      return List.of(new BfdCount("nyc", true, 1, 2));
    }
  }

  private static String table() {
    TreeMap<String, String> rows = new TreeMap<>();
    for (MetricSnapshot each : new MetricsText(Everything::new).snapshot()) {
      TreeSet<String> labels = new TreeSet<>();
      for (DataPointSnapshot point : each.getDataPoints()) {
        for (Label label : point.getLabels()) {
          labels.add("`" + label.getName() + "`");
        }
      }
      String name = each.getMetadata().getName() + ending(each);
      rows.put(
          name,
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  name, type(each), String.join(", ", labels), each.getMetadata().getHelp()));
    }
    return "\n| name | type | labels | what |\n|---|---|---|---|\n"
        + String.join("", rows.values());
  }

  private static String ending(MetricSnapshot metric) {
    return switch (metric) {
      case CounterSnapshot counter -> "_total";
      case InfoSnapshot info -> "_info";
      default -> "";
    };
  }

  private static String type(MetricSnapshot metric) {
    return switch (metric) {
      case CounterSnapshot counter -> "counter";
      case HistogramSnapshot histogram -> "histogram";
      case SummarySnapshot summary -> "summary";
      default -> "gauge";
    };
  }

  @Test
  void thePageHasEveryMetricOfAScrapeAndNoOther() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    assertThat(begin).as("the line behind which the table is made").isGreaterThan(BEGIN.length());
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, page.substring(0, begin) + table());
    } else {
      assertThat(page.substring(begin))
          .as(
              "docs/metrics.md is stale. Make it anew with mvn -pl admin -am test"
                  + " -Dtest=MetricsReferenceTest -D%s=true"
                  + " -Dsurefire.failIfNoSpecifiedTests=false",
              WRITE)
          .isEqualTo(table());
    }
  }

  @Test
  void aMetricHasAHelpThatIsASentence() {
    for (MetricSnapshot each : new MetricsText(Everything::new).snapshot()) {
      if (!each.getMetadata().getName().startsWith("landfall_")) {
        continue; // The words of the library.
      }
      assertThat(each.getMetadata().getHelp())
          .as(each.getMetadata().getName())
          .isNotNull()
          .endsWith(".");
    }
  }
}
