package io.landfall.edge.http;

/**
 * A message broke a {@link HttpViolation}. An exception, because it ends parsing from any depth; it
 * never leaves this room, and has no stack trace, because its sender chooses how often it is made.
 */
public final class BadMessage extends Exception {
  private static final long serialVersionUID = 1L;

  private final HttpViolation rule;

  /** The message broke that rule. */
  public BadMessage(HttpViolation rule) {
    super(rule.text(), null, false, false);
    this.rule = rule;
  }

  /** The rule that was broken. */
  public HttpViolation rule() {
    return rule;
  }
}
