package io.landfall.core;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the MED of a service host is read. A MED means something between two neighbours only, so it
 * is mapped once, here, and the number itself goes no further.
 *
 * <p>The defaults suit the health check that comes with ExaBGP: it announces MED 100 when the
 * service is up, 500 when an operator disabled it, and 1000 when it is down, and does not withdraw
 * unless configured to. So 100 is tier 0, 500 drains, and 1000 is no route.
 *
 * @param tiers from a MED on, the tier; below the first the tier is that of the first
 * @param draining from this MED on the service is DRAINING; empty for never
 * @param down from this MED on the service is DOWN; empty for never
 */
public record MedMapping(SortedMap<Long, Long> tiers, OptionalLong draining, OptionalLong down) {
  /** The largest MED and tier: unsigned 32 bits. */
  public static final long MAX = 0xffff_ffffL;

  /** The most steps of the ladder of tiers. */
  public static final int MAX_STEPS = 64;

  /** Tiers 0 to 3 at 0, 200, 300 and 400; DRAINING from 500, DOWN from 1000. */
  public static final MedMapping DEFAULT =
      new MedMapping(defaultTiers(), OptionalLong.of(500), OptionalLong.of(1000));

  /**
   * Copies the ladder and checks that a higher MED never makes a service better.
   *
   * @throws IllegalArgumentException naming the rule that is broken
   */
  public MedMapping {
    tiers = Collections.unmodifiableSortedMap(new TreeMap<>(tiers));
    if (tiers.isEmpty() || tiers.size() > MAX_STEPS) {
      throw new IllegalArgumentException("MED maps to 1 to " + MAX_STEPS + " tiers");
    }
    long last = 0;
    for (Map.Entry<Long, Long> step : tiers.entrySet()) {
      checkRange(step.getKey());
      checkRange(step.getValue());
      if (step.getValue() < last) {
        throw new IllegalArgumentException(
            "MED "
                + step.getKey()
                + " maps to tier "
                + step.getValue()
                + ", better than a lower MED's "
                + last
                + "; in BGP the lower MED is the better one");
      }
      last = step.getValue();
    }
    draining.ifPresent(MedMapping::checkRange);
    down.ifPresent(MedMapping::checkRange);
    if (draining.isPresent() && down.isPresent() && draining.getAsLong() >= down.getAsLong()) {
      throw new IllegalArgumentException(
          "MED "
              + draining.getAsLong()
              + " drains and "
              + down.getAsLong()
              + " is down; draining has to begin below down");
    }
  }

  private static SortedMap<Long, Long> defaultTiers() {
    SortedMap<Long, Long> tiers = new TreeMap<>();
    tiers.put(0L, 0L);
    tiers.put(200L, 1L);
    tiers.put(300L, 2L);
    tiers.put(400L, 3L);
    return tiers;
  }

  private static void checkRange(long value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException(value + " is outside 0.." + MAX);
    }
  }

  /**
   * The signal of an announcement with this MED: UP, DRAINING or DOWN.
   *
   * @param med none counts as 0, the best (RFC 4271 section 9.1.2.2)
   * @param gracefulShutdown whether it carries GRACEFUL_SHUTDOWN (RFC 8326): DRAINING at least
   */
  public Signal signal(OptionalLong med, boolean gracefulShutdown) {
    long value = med.orElse(0);
    if (down.isPresent() && value >= down.getAsLong()) {
      return Signal.DOWN;
    }
    boolean drains = gracefulShutdown || (draining.isPresent() && value >= draining.getAsLong());
    return drains ? Signal.DRAINING : Signal.UP;
  }

  /**
   * The tier of an announcement with this MED.
   *
   * @param announced none counts as 0
   */
  public long tier(OptionalLong announced) {
    long med = announced.orElse(0);
    SortedMap<Long, Long> reached = tiers.headMap(med + 1);
    return reached.isEmpty() ? tiers.firstEntry().getValue() : reached.lastEntry().getValue();
  }
}
