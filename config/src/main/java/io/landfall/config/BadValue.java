package io.landfall.config;

/** A value that breaks its rule; expected, and turned into a {@link ConfigProblem} at once. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  private final String fix;

  BadValue(String rule, String fix) {
    super(rule, null, false, false);
    this.fix = fix;
  }

  String rule() {
    String rule = getMessage();
    return rule == null ? "" : rule;
  }

  String fix() {
    return fix;
  }
}
