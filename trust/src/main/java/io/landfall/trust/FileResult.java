package io.landfall.trust;

/**
 * What reading a file of trust gave.
 *
 * @param <T> what the file holds
 */
public sealed interface FileResult<T> {
  /** The file is good, and holds this. */
  record Good<T>(T value) implements FileResult<T> {}

  /**
   * The file cannot be used.
   *
   * @param file its name, as the configuration has it
   * @param line the line where the rule is broken, from 1; 0 when it is about the whole file
   * @param why the rule, and a fix where one is known
   */
  record Bad<T>(String file, int line, String why) implements FileResult<T> {
    /** {@code file:line: why}. */
    public String sentence() {
      return line > 0 ? file + ":" + line + ": " + why : file + ": " + why;
    }
  }
}
