package io.landfall.admin.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The list of revocations, as {@code show revocations} has it.
 *
 * @param file the file; empty when the config names none
 * @param problem why the file as it is now is not in force; empty when it is
 * @param appliedAt when the list that is in force was read; empty without a file
 * @param applied how many lists were put in force
 * @param refused how many were not
 * @param entries what is revoked, such as {@code node nyc}
 */
public record RevocationStatus(
    Optional<String> file,
    Optional<String> problem,
    Optional<Instant> appliedAt,
    long applied,
    long refused,
    List<String> entries) {
  /** Copies the list. */
  public RevocationStatus {
    entries = List.copyOf(entries);
  }
}
