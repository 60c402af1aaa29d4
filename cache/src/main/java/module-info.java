/** RFC 9111 and its companions as pure rules: what may be stored, reused, validated, purged. */
@org.jspecify.annotations.NullMarked
module io.landfall.cache {
  requires static org.jspecify;
  requires transitive io.landfall.core;

  exports io.landfall.cache;
  exports io.landfall.cache.fleet;
}
