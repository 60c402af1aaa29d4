/** Makes certificates: the overlay's own small CA. */
@org.jspecify.annotations.NullMarked
module io.landfall.ca {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.trust;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.pkix;

  exports io.landfall.ca;
}
