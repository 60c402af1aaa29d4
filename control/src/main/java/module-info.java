/** Plane two of one node as one machine. */
@org.jspecify.annotations.NullMarked
module io.landfall.control {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.bgp;
  requires transitive io.landfall.bfd;
  requires transitive io.landfall.decision;
  requires transitive io.landfall.overlay;
  requires transitive io.landfall.signal;
  requires transitive io.landfall.trust;

  exports io.landfall.control;
}
