/** The landfall command. */
@org.jspecify.annotations.NullMarked
module io.landfall.cli {
  requires static org.jspecify;
  requires io.landfall.node;
}
