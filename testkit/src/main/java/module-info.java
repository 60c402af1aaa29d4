/** What tests of several rooms share. No room's main code may use it. */
@org.jspecify.annotations.NullMarked
module io.landfall.testkit {
  requires java.management;
  requires java.xml;
  requires static org.jspecify;
  requires transitive org.junit.jupiter.api;

  exports io.landfall.testkit;
}
