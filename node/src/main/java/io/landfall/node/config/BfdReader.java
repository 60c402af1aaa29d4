package io.landfall.node.config;

import io.landfall.bfd.BfdConfig;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code overlay.bfd}. */
final class BfdReader {
  private static final int MAX_MULTIPLIER = 255;

  private BfdReader() {}

  static BfdSettings read(Section at) {
    BfdConfig.Timing usual = BfdConfig.Timing.DEFAULT;
    boolean enabled = at.value("enabled", Rules::flag, true);
    Optional<Integer> port = at.value("port", Rules.count(1, 65_535));
    long intervalMillis =
        at.value(
            "interval",
            Rules.duration(
                BfdConfig.Timing.MIN_INTERVAL_MILLIS, BfdConfig.Timing.MAX_INTERVAL_MILLIS),
            (long) usual.intervalMillis());
    int multiplier = at.value("multiplier", Rules.count(1, MAX_MULTIPLIER), usual.detectMult());
    at.end();
    return new BfdSettings(
        enabled,
        port.map(OptionalInt::of).orElse(OptionalInt.empty()),
        new BfdConfig.Timing((int) intervalMillis, multiplier));
  }
}
