package io.landfall.checks.separation.bad.decision;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The control: nothing here may be flagged, or the rules forbid too much. */
public final class GoodUse {
  private final Map<String, Long> byName = new LinkedHashMap<>();

  /** Sorted, linked, single or empty collections, units, and literals. */
  public long good(long nowNanos, String literal) {
    byName.put(InetAddress.ofLiteral(literal).getHostAddress(), TimeUnit.SECONDS.toNanos(1));
    return nowNanos + byName.size() + Set.of("one").size() + new TreeSet<>(List.of(1, 2)).first();
  }
}
