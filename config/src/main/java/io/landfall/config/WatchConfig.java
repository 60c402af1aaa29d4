package io.landfall.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who receives what the overlay receives.
 *
 * @param bmp stations that this node connects to (RFC 7854)
 * @param mrt files in which it is kept (RFC 6396)
 */
public record WatchConfig(List<Station> bmp, Optional<Mrt> mrt) {
  /** No listener. */
  public static final WatchConfig NONE = new WatchConfig(List.of(), Optional.empty());

  /** The most stations. */
  public static final int MAX_STATIONS = 8;

  /** Time between two Statistics Reports when the config gives none. */
  public static final long DEFAULT_STATISTICS_MILLIS = 60_000;

  /** Bytes that may wait for a station when the config gives no bound. */
  public static final long DEFAULT_PENDING_BYTES = 16L << 20;

  /** Time between two files when the config gives none. */
  public static final long DEFAULT_ROTATE_MILLIS = 15 * 60_000;

  /** Old files of updates that are kept when the config gives no number: a day's. */
  public static final int DEFAULT_KEEP = 96;

  /** Copies the list. */
  public WatchConfig {
    bmp = List.copyOf(bmp);
  }

  /**
   * One BMP station.
   *
   * @param address where it listens
   * @param statisticsMillis time between two Statistics Reports
   * @param maxPendingBytes how much may wait for it; beyond that it is disconnected
   */
  public record Station(InetSocketAddress address, long statisticsMillis, long maxPendingBytes) {}

  /**
   * MRT files.
   *
   * @param updates where updates and state changes are appended; empty for nowhere
   * @param table where the table is written anew each time; empty for nowhere
   * @param rotateMillis how long one file of updates lasts, and the time between two tables
   * @param keep how many old files of updates are kept
   */
  public record Mrt(Optional<Path> updates, Optional<Path> table, long rotateMillis, int keep) {}
}
