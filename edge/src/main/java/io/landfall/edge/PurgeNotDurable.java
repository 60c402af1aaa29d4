package io.landfall.edge;

/**
 * A purge is applied, but could come undone: the disk can neither take it down nor drop what lies
 * there, and the next start might find it.
 */
public final class PurgeNotDurable extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a sentence, for people. */
  public PurgeNotDurable(String message) {
    super(message);
  }
}
