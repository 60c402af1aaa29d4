package io.landfall.lab.internet;

import java.util.Optional;

/**
 * One request of a client, as a line between its process and the lab.
 *
 * @param sentNanos when it was sent, on the machine's monotonic clock, which all processes share
 * @param tookNanos how long it took
 * @param status the status; 0 when there was no answer
 * @param attempts how many connections it took
 * @param landing the node that answered the client, {@value #NOBODY} for none
 * @param backend who made the answer, such as {@code shop@fra}, {@value #NOBODY} for none
 */
record Sample(
    long sentNanos, long tookNanos, int status, int attempts, String landing, String backend) {
  /** In place of a name. */
  static final String NOBODY = "-";

  private static final String WORD = "sample";
  private static final int WORDS = 7;

  /** The line. */
  String line() {
    return String.join(
        " ",
        WORD,
        Long.toString(sentNanos),
        Long.toString(tookNanos),
        Integer.toString(status),
        Integer.toString(attempts),
        landing,
        backend);
  }

  /** The request that a line tells of; empty when it is another line. */
  static Optional<Sample> parse(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != WORDS || !words[0].equals(WORD)) {
      return Optional.empty();
    }
    return Optional.of(
        new Sample(
            Long.parseLong(words[1]),
            Long.parseLong(words[2]),
            Integer.parseInt(words[3]),
            Integer.parseInt(words[4]),
            words[5],
            words[6]));
  }

  boolean failed() {
    return status != 200;
  }
}
