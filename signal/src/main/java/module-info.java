/** Leases, probes, hysteresis, damping: publishes facts, takes no routing action. */
@org.jspecify.annotations.NullMarked
module io.landfall.signal {
  requires static org.jspecify;
  requires transitive io.landfall.core;

  exports io.landfall.signal;
}
