package io.landfall.config;

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

  private static final ValueRule<Long> UP_TO_A_DAY = ValueRules.duration(1_000, DAY_MILLIS);

  private static final Keys KEYS = new Keys("watch");
  private static final Keys STATION_KEYS = new Keys("watch.bmp[]");
  private static final Keys MRT_KEYS = new Keys("watch.mrt");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(KEYS, STATION_KEYS, MRT_KEYS);

  private static final Key<?> BMP =
      KEYS.sections("bmp").atMost(WatchConfig.MAX_STATIONS).is("BMP stations (RFC 7854).");
  private static final Key<InetSocketAddress> STATION =
      STATION_KEYS
          .value("station", NetRules.LISTEN)
          .required("\"127.0.0.1:11019\"")
          .is("Address and port of a BMP station that the node connects to.");
  private static final Key<Long> STATISTICS_INTERVAL =
      STATION_KEYS
          .value("statistics-interval", UP_TO_A_DAY)
          .otherwise(WatchConfig.DEFAULT_STATISTICS_MILLIS)
          .is("Time between two Statistics Reports.");
  private static final Key<Long> MAX_PENDING =
      STATION_KEYS
          .value("max-pending", ValueRules.size(MIB, 1024 * MIB))
          .otherwise(WatchConfig.DEFAULT_PENDING_BYTES)
          .is("How much may wait for the station before it is disconnected.");

  private static final Key<?> MRT =
      KEYS.section("mrt").is("MRT files (RFC 6396); `updates` or `table` at least.");
  private static final Key<?> UPDATES =
      MRT_KEYS.value("updates", Shapes.FILE).is("File of the messages that sessions receive.");
  private static final Key<?> TABLE =
      MRT_KEYS.value("table", Shapes.FILE).is("File of the whole table.");
  private static final Key<Long> ROTATE =
      MRT_KEYS
          .value("rotate", UP_TO_A_DAY)
          .otherwise(WatchConfig.DEFAULT_ROTATE_MILLIS)
          .is("How long a file of updates lasts, and the time between two tables.");
  private static final Key<Integer> KEEP =
      MRT_KEYS
          .value("keep", ValueRules.count(1, 100_000))
          .otherwise(WatchConfig.DEFAULT_KEEP)
          .is("How many old files of updates are kept.");

  private final FileRules files;

  WatchReader(FileRules files) {
    this.files = files;
  }

  /** The section's values; without one there is no watcher. */
  static WatchConfig read(Optional<Section> section, FileRules files) {
    return section.map(new WatchReader(files)::read).orElse(WatchConfig.NONE);
  }

  private WatchConfig read(Section at) {
    List<WatchConfig.Station> stations = new ArrayList<>();
    Set<InetSocketAddress> seen = new HashSet<>();
    for (Section section : at.sections(BMP).orElse(List.of())) {
      Optional<InetSocketAddress> address = section.required(STATION);
      long statisticsMillis = section.valueOrDefault(STATISTICS_INTERVAL);
      long maxPendingBytes = section.valueOrDefault(MAX_PENDING);
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
              + "; a collector such as pmacct can pass on what it receives");
    }
    Optional<WatchConfig.Mrt> mrt = at.section(MRT).map(this::mrt);
    at.end();
    return new WatchConfig(stations, mrt);
  }

  private WatchConfig.Mrt mrt(Section at) {
    Optional<Path> updates = at.value(UPDATES, this::file);
    Optional<Path> table = at.value(TABLE, this::file);
    long rotateMillis = at.valueOrDefault(ROTATE);
    int keep = at.valueOrDefault(KEEP);
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
