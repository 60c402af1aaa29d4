/** Who a peer is: certificates, admission, revocation. */
@org.jspecify.annotations.NullMarked
module io.landfall.trust {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  // Certificate making only, and only in the package io.landfall.trust.ca.
  requires org.bouncycastle.provider;
  requires org.bouncycastle.pkix;

  exports io.landfall.trust;
  exports io.landfall.trust.ca;
}
