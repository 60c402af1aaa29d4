/** A whole CDN on one machine. */
@org.jspecify.annotations.NullMarked
module io.landfall.lab {
  requires static org.jspecify;
  requires io.landfall.core;
  // Its client of the admin API.
  requires io.landfall.admin;
  requires io.landfall.config;
  requires io.landfall.node;
  // The lab has a CA of its own, and plays the routers of the sites' upstreams.
  requires io.landfall.trust;
  // Only while certificates are made: a node runs without it, see ./landfall.
  requires static io.landfall.ca;
  requires io.landfall.bgp;
  requires info.picocli;
  requires tools.jackson.core;

  exports io.landfall.lab;
  exports io.landfall.lab.host;

  // Picocli fills in options by reflection.
  opens io.landfall.lab to
      info.picocli;
}
