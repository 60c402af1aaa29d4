package io.landfall.edge;

/**
 * A message broke a {@link HttpViolation}. An exception, because it ends parsing from any depth; it
 * never leaves this room, and has no stack trace, because its sender chooses how often it is made.
 */
final class BadMessage extends Exception {
  private static final long serialVersionUID = 1L;

  private final HttpViolation rule;

  BadMessage(HttpViolation rule) {
    super(rule.text(), null, false, false);
    this.rule = rule;
  }

  HttpViolation rule() {
    return rule;
  }
}
