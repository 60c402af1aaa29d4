/** Plane one: originates the anycast prefix by operator intent and node liveness. */
@org.jspecify.annotations.NullMarked
module io.landfall.ingress {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.bgp;

  exports io.landfall.ingress;
}
