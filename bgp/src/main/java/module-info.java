/** Bytes to BGP messages and back, the RFC 7606 ladder, the session FSM as a pure step. */
@org.jspecify.annotations.NullMarked
module io.landfall.bgp {
  requires static org.jspecify;
  requires transitive io.landfall.core;

  exports io.landfall.bgp;
  exports io.landfall.bgp.peering;
  exports io.landfall.bgp.watch;
}
