package io.landfall.node;

import org.jspecify.annotations.Nullable;

/**
 * The node cannot start; the message names what is wrong and where, for the person who started it.
 */
public final class StartFailed extends Exception {
  private static final long serialVersionUID = 1L;

  /** A failure with its sentence. */
  public StartFailed(String sentence) {
    this(sentence, null);
  }

  /** A failure with its sentence and what caused it. */
  public StartFailed(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
