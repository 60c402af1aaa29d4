package io.landfall.node.config;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code watch}. Whether a file can be written is seen when it is, and tried again then. */
final class WatchReader {
  private static final long DAY_MILLIS = 24 * 3_600_000L;
  private static final long MIB = 1L << 20;

  private final FileRules files;

  WatchReader(FileRules files) {
    this.files = files;
  }

  /** What the section says; nobody watches without one. */
  static WatchConfig read(Optional<Section> section, FileRules files) {
    return section.map(new WatchReader(files)::read).orElse(WatchConfig.NONE);
  }

  private WatchConfig read(Section at) {
    List<WatchConfig.Station> stations = new ArrayList<>();
    Set<InetSocketAddress> seen = new HashSet<>();
    for (Section section : at.sections("bmp").orElse(List.of())) {
      Optional<InetSocketAddress> address =
          section.required("station", NetRules::listen, "\"127.0.0.1:11019\"");
      long statisticsMillis =
          section.value(
              "statistics-interval",
              Rules.duration(1_000, DAY_MILLIS),
              WatchConfig.DEFAULT_STATISTICS_MILLIS);
      long maxPendingBytes =
          section.value(
              "max-pending", Rules.size(MIB, 1024 * MIB), WatchConfig.DEFAULT_PENDING_BYTES);
      section.end();
      if (address.isEmpty()) {
        continue;
      }
      if (!seen.add(address.get())) {
        section.problem("station", "is here twice", "keep it once");
      }
      stations.add(new WatchConfig.Station(address.get(), statisticsMillis, maxPendingBytes));
    }
    if (stations.size() > WatchConfig.MAX_STATIONS) {
      at.problem(
          "bmp",
          "has " + stations.size() + " stations",
          "keep at most "
              + WatchConfig.MAX_STATIONS
              + "; a collector such as pmacct can pass on what it is told");
    }
    Optional<WatchConfig.Mrt> mrt = at.section("mrt").map(this::mrt);
    at.end();
    return new WatchConfig(stations, mrt);
  }

  private WatchConfig.Mrt mrt(Section at) {
    Optional<Path> updates = at.value("updates", this::file);
    Optional<Path> table = at.value("table", this::file);
    long rotateMillis =
        at.value("rotate", Rules.duration(1_000, DAY_MILLIS), WatchConfig.DEFAULT_ROTATE_MILLIS);
    int keep = at.value("keep", Rules.count(1, 100_000), WatchConfig.DEFAULT_KEEP);
    if (!at.has("updates") && !at.has("table")) {
      at.problem("updates", "is missing", "name a file for updates or table, or remove watch.mrt");
    }
    if (updates.isPresent() && updates.equals(table)) {
      at.problem("table", "is the file of updates", "name another file");
    }
    at.end();
    return new WatchConfig.Mrt(updates, table, rotateMillis, keep);
  }

  private Path file(String text) throws BadValue {
    Path path = files.path(text);
    if (Files.isDirectory(path)) {
      throw new BadValue(path + " is a folder", "name a file in it");
    }
    return path;
  }
}
