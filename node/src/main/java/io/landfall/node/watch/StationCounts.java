package io.landfall.node.watch;

/** What was counted of one station; on the control thread only. */
final class StationCounts {
  final String station;
  boolean connected;
  long connections;
  long failedAttempts;
  long disconnections;

  /** Of the disconnections, those by this node because the station read too slowly. */
  long disconnectedAsSlow;

  long messages;
  long bytes;

  StationCounts(String station) {
    this.station = station;
  }
}
