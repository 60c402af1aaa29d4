package io.landfall.core;

import org.jspecify.annotations.Nullable;

/**
 * Something that cannot happen has happened: a bug in Landfall, never bad input. Always on in
 * production; the control thread does not swallow it.
 */
public final class InvariantBroken extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An invariant, stated as what should have held. */
  public InvariantBroken(String invariant) {
    super(invariant);
  }

  /** An invariant, with what showed that it does not hold. */
  public InvariantBroken(String invariant, @Nullable Throwable cause) {
    super(invariant, cause);
  }
}
