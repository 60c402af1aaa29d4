package io.landfall.cli;

import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.CacheUrlReport;
import io.landfall.admin.model.ExplainView;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** The cache of a node for people: one line of all, and a row for each service. */
final class CacheText {
  private static final double KIB = 1024;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private CacheText() {}

  static void print(CacheReport report, PrintWriter out) {
    if (report.services().isEmpty()) {
      out.println("no service has a cache at this node (services.NAME.cache)");
      return;
    }
    Table.printLine(
        out,
        "memory: "
            + size(report.usedBytes())
            + " of "
            + size(report.memoryBytes())
            + "; fetches in progress: "
            + report.fetchesInProgress());
    Table table =
        new Table(
            "SERVICE", "OBJECTS", "SIZE", "BUDGET", "HITS", "MISSES", "RATIO", "BYPASSES", "CACHE");
    for (CacheReport.Service each : report.services()) {
      CacheReport.Requests requests = each.requests();
      table.row(
          each.service(),
          Long.toString(each.objects()),
          size(each.bytes()),
          size(each.budgetBytes()),
          Long.toString(requests.hits()),
          Long.toString(requests.misses()),
          requests.hitRatio().isEmpty()
              ? "-"
              : String.format(Locale.ROOT, "%.1f%%", 100 * requests.hitRatio().getAsDouble()),
          Long.toString(requests.bypasses()),
          each.cold().isPresent() ? "cold" : "warm");
    }
    table.print(out, "");
    for (CacheReport.Service each : report.services()) {
      each.cold().ifPresent(why -> Table.printLine(out, each.service() + ": " + why));
    }
    disks(report.disks(), out);
    report.purges().ifPresent(purges -> print(purges, out));
  }

  private static void disks(List<CacheReport.Disk> disks, PrintWriter out) {
    if (disks.isEmpty()) {
      return;
    }
    Table table =
        new Table("DISK", "STATE", "OBJECTS", "SIZE", "FREE", "FOUND", "DROPPED", "ERRORS");
    for (CacheReport.Disk each : disks) {
      CacheReport.Content content = each.content();
      table.row(
          each.path(),
          each.state(),
          Long.toString(content.objects()),
          size(content.bytes()),
          size(Math.max(0, content.limitBytes() - content.bytes())),
          Long.toString(each.reads().found()),
          Long.toString(each.writes().dropped()),
          Long.toString(each.errors()));
    }
    table.print(out, "");
    for (CacheReport.Disk each : disks) {
      each.why().ifPresent(why -> Table.printLine(out, each.path() + ": " + why));
    }
  }

  /** What is stored of one URL: a row for each response. */
  static void print(CacheUrlReport report, PrintWriter out) {
    report.cold().ifPresent(why -> Table.printLine(out, report.service() + ": " + why));
    Table table =
        new Table(
            "URL",
            "STATE",
            "STATUS",
            "SIZE",
            "AGE",
            "TTL",
            "WHERE",
            "CODINGS",
            "VARIES BY",
            "TAGS");
    for (CacheUrlReport.Stored each : report.stored()) {
      table.row(
          each.url(),
          each.state(),
          Integer.toString(each.status()),
          size(each.bytes()),
          Table.duration((double) each.ageSeconds()),
          Table.duration((double) each.ttlSeconds()),
          each.selectedBy().tier(),
          list(each.selectedBy().variants().stream().map(CacheUrlReport.Variant::coding).toList()),
          list(each.selectedBy().varies()),
          list(each.selectedBy().tags()));
    }
    table.print(out, "nothing is stored of it at this node");
  }

  /** What the cache has for a request that is explained. */
  static String line(ExplainView.Cached cached) {
    String held = "cache: " + cached.holds();
    if (cached.ttlSeconds().isPresent()) {
      long ttl = cached.ttlSeconds().getAsLong();
      held +=
          ttl < 0
              ? ", since " + Table.duration((double) -ttl)
              : ", for " + Table.duration((double) ttl);
    }
    return held + cached.cold().map(why -> "; " + why).orElse("");
  }

  private static String list(List<String> words) {
    return words.isEmpty() ? "-" : String.join(" ", words);
  }

  private static void print(CacheReport.Purges purges, PrintWriter out) {
    Table.printLine(
        out,
        "purges: log "
            + purges.log()
            + ", last "
            + purges.last()
            + ", kept "
            + purges.entries()
            + (purges.held().isEmpty()
                ? ""
                : "; nothing is served from the cache: " + purges.held())
            + (purges.notKept().isEmpty() ? "" : "; not kept over a restart: " + purges.notKept()));
    if (purges.nodes().isEmpty()) {
      return;
    }
    Table table = new Table("NODE", "REACHED", "CAUGHT-UP", "APPLIED", "LAG");
    for (CacheReport.PurgeNode each : purges.nodes()) {
      table.row(
          each.node(),
          each.reached() ? "yes" : "no",
          each.caughtUp() ? "yes" : "no",
          Long.toString(each.applied()),
          Table.millis(each.lagMillis()));
    }
    table.print(out, "");
  }

  /** Bytes as people read them. */
  static String size(long bytes) {
    double left = bytes;
    int unit = 0;
    while (left >= KIB && unit < UNITS.length - 1) {
      left /= KIB;
      unit++;
    }
    return unit == 0 ? bytes + "B" : String.format(Locale.ROOT, "%.1f%s", left, UNITS[unit]);
  }
}
