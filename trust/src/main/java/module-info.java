/** Who a peer is: certificates, admission, revocation. */
@org.jspecify.annotations.NullMarked
module io.landfall.trust {
  requires static org.jspecify;
  requires transitive io.landfall.core;

  exports io.landfall.trust;
}
