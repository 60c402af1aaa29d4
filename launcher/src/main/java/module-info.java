/** The program of this tree: the commands of cli and lab in one. */
@org.jspecify.annotations.NullMarked
module io.landfall.launcher {
  requires static org.jspecify;
  requires io.landfall.cli;
  requires io.landfall.lab;

  exports io.landfall.launcher;
}
