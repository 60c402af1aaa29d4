/** Gets certificates of sites from a CA by ACME (RFC 8555). */
@org.jspecify.annotations.NullMarked
module io.landfall.acme {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires transitive io.landfall.trust;
  requires java.net.http;
  requires tools.jackson.core;

  exports io.landfall.acme;
}
