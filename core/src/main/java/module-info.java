/** The terms of the design as types, and the ports that the outside implements. */
@org.jspecify.annotations.NullMarked
module io.landfall.core {
  requires static org.jspecify;

  exports io.landfall.core;
}
