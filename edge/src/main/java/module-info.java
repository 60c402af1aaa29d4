/** The HTTP data plane: asks decision, and obeys. */
@org.jspecify.annotations.NullMarked
module io.landfall.edge {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.decision;
}
