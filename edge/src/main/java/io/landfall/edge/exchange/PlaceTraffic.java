package io.landfall.edge.exchange;

import io.landfall.edge.ResultClass;

/** What one event loop counts of the attempts on one backend or node. */
@SuppressWarnings("EnumOrdinal") // Places of counters in memory; nothing keeps or sends them.
final class PlaceTraffic {
  private final String name;
  private final LoopDurations firstByte = new LoopDurations();
  private final LoopCounters results = new LoopCounters(ResultClass.values().length);

  PlaceTraffic(String name) {
    this.name = name;
  }

  /** The value of the label. */
  String name() {
    return name;
  }

  LoopDurations firstByte() {
    return firstByte;
  }

  long result(ResultClass result) {
    return results.get(result.ordinal());
  }

  /**
   * An attempt is over.
   *
   * @param firstByteMicros until the head of its response; below 0 without one
   */
  void ended(ResultClass result, long firstByteMicros) {
    results.add(result.ordinal(), 1);
    if (firstByteMicros >= 0) {
      firstByte.add(firstByteMicros);
    }
  }
}
