/** The landfall command. */
@org.jspecify.annotations.NullMarked
module io.landfall.cli {
  requires static org.jspecify;
  requires io.landfall.node;
  // The lab has a CA of its own, and plays the routers of the sites' upstreams.
  requires io.landfall.trust;
  requires io.landfall.bgp;
  requires info.picocli;
  requires tools.jackson.core;

  // Picocli fills in options by reflection.
  opens io.landfall.cli to
      info.picocli;
  opens io.landfall.cli.lab to
      info.picocli;
}
