/** Plane two: the table of host routes of one block. */
@org.jspecify.annotations.NullMarked
module io.landfall.overlay {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.bgp;

  exports io.landfall.overlay;
  exports io.landfall.overlay.servicehost;
}
