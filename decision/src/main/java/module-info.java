/** A pure function: request facts and view to Serve, Forward or Decline. */
@org.jspecify.annotations.NullMarked
module io.landfall.decision {
  requires static org.jspecify;
  requires transitive io.landfall.core;

  exports io.landfall.decision;
}
