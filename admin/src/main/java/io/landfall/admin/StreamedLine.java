package io.landfall.admin;

/** One line of a stream that the admin API sends while there is something to send. */
interface StreamedLine {
  /** The line as JSON, with its end. */
  String toLine();

  /** How much it counts for among those that wait, in characters. */
  default int length() {
    return 0;
  }

  /** A line that is written already. */
  record Written(String toLine) implements StreamedLine {
    @Override
    public int length() {
      return toLine.length();
    }
  }
}
