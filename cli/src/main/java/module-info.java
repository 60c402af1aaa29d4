/** The landfall command. */
@org.jspecify.annotations.NullMarked
module io.landfall.cli {
  requires static org.jspecify;
  requires io.landfall.core;
  requires io.landfall.admin;
  requires io.landfall.config;
  requires io.landfall.node;
  requires io.landfall.trust;
  // Only while certificates are made: a node runs without it, see ./landfall.
  requires static io.landfall.ca;
  requires info.picocli;

  exports io.landfall.cli;

  // Picocli fills in options by reflection.
  opens io.landfall.cli to
      info.picocli;
}
