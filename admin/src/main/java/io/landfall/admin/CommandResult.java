package io.landfall.admin;

/** How a command ended; the sentence is for the person who gave it. */
public sealed interface CommandResult {
  /** One sentence: what is so now, or why nothing changed. */
  String sentence();

  /**
   * It is so now.
   *
   * @param sentence what changed, or that it was so before
   */
  record Done(String sentence) implements CommandResult {}

  /**
   * The command names something this node does not have.
   *
   * @param sentence what is missing, and what there is
   */
  record NotFound(String sentence) implements CommandResult {}

  /**
   * The node's state forbids it now.
   *
   * @param sentence why, and what to do first
   */
  record Conflict(String sentence) implements CommandResult {}
}
