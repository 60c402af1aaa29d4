/** BFD (RFC 5880): packets, their authentication, and the session as a pure step. */
@org.jspecify.annotations.NullMarked
module io.landfall.bfd {
  requires static org.jspecify;
  requires transitive io.landfall.core;

  exports io.landfall.bfd;
}
