/** One YAML file to records, and every problem of it with line, key, rule and fix. */
@org.jspecify.annotations.NullMarked
module io.landfall.config {
  requires static org.jspecify;
  requires transitive io.landfall.core;
  requires org.snakeyaml.engine;

  exports io.landfall.config;
}
