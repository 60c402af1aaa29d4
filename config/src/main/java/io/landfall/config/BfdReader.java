package io.landfall.config;

import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code overlay.bfd}. */
final class BfdReader {
  /** The keys of {@code overlay.bfd}. */
  static final Keys KEYS = new Keys("overlay.bfd");

  private static final Key<Boolean> ENABLED =
      KEYS.value("enabled", ValueRules.FLAG)
          .otherwise(true)
          .is("Whether BFD is spoken with other nodes.");
  private static final Key<Integer> PORT =
      KEYS.value("port", ValueRules.PORT)
          .otherwiseAs("the port of `overlay.listen`")
          .is("Its UDP port, the same at every node.");
  private static final Key<Long> INTERVAL =
      KEYS.value(
              "interval",
              ValueRules.duration(
                  Bounds.LEAST_BFD_INTERVAL_MILLIS, Bounds.MOST_BFD_INTERVAL_MILLIS))
          .otherwise((long) Bounds.DEFAULT_BFD_INTERVAL_MILLIS)
          .is("Time between two packets.");
  private static final Key<Integer> MULTIPLIER =
      KEYS.value("multiplier", ValueRules.count(1, Bounds.MOST_BFD_MULTIPLIER))
          .otherwise(Bounds.DEFAULT_BFD_MULTIPLIER)
          .is("How many intervals of silence mean a dead path.");

  private BfdReader() {}

  static BfdSettings read(Section at) {
    boolean enabled = at.valueOrDefault(ENABLED);
    Optional<Integer> port = at.value(PORT);
    long intervalMillis = at.valueOrDefault(INTERVAL);
    int multiplier = at.valueOrDefault(MULTIPLIER);
    at.end();
    return new BfdSettings(
        enabled,
        port.map(OptionalInt::of).orElse(OptionalInt.empty()),
        (int) intervalMillis,
        multiplier);
  }
}
