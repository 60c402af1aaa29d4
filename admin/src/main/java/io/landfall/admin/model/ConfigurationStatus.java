package io.landfall.admin.model;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The config that a node runs with, as {@code show configuration} has it.
 *
 * @param generation 1 at the start of the node, and one more with each change
 * @param hash the first 12 hexadecimal digits of the SHA-256 of the file's bytes
 * @param file the file that it was read from
 * @param since when it was put in force
 * @param actor who put it in force
 * @param undo the generation that 'configure undo' brings back; empty when there is none
 * @param confirmInSeconds after how long the config before comes back unless it is confirmed; empty
 *     when it needs no confirmation
 * @param lastAttempt the last attempt to change it; empty when there was none
 */
public record ConfigurationStatus(
    long generation,
    String hash,
    String file,
    Instant since,
    String actor,
    OptionalLong undo,
    OptionalLong confirmInSeconds,
    Optional<Attempt> lastAttempt) {
  /**
   * An attempt to change the config.
   *
   * @param at when
   * @param actor who
   * @param file which file
   * @param applied whether it is in force since
   * @param result a sentence; where there are several problems, a line each
   */
  public record Attempt(Instant at, String actor, String file, boolean applied, String result) {}
}
