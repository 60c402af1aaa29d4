package io.landfall.admin;

import java.util.Optional;

/**
 * Which of the last requests are wanted.
 *
 * @param service those of this service; empty for all
 * @param outcome {@code serve}, {@code forward} or {@code decline}; empty for all
 * @param reason those with this reason, in upper case; empty for all
 * @param status those that were answered with one of these
 */
public record DecisionFilter(
    Optional<String> service,
    Optional<String> outcome,
    Optional<String> reason,
    StatusRange status) {
  /** All of them. */
  public static final DecisionFilter ALL =
      new DecisionFilter(Optional.empty(), Optional.empty(), Optional.empty(), StatusRange.ALL);
}
