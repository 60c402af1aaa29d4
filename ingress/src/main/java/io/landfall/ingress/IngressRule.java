package io.landfall.ingress;

import io.landfall.core.RefusalRule;

/** What plane one refuses of an upstream. */
public enum IngressRule implements RefusalRule {
  /** A route from an upstream: plane one imports nothing (RFC 8212). */
  INGRESS_IMPORTS_NOTHING(
      50, "ingress-imports-nothing", "a route from an upstream: plane one imports nothing");

  private final int number;
  private final String label;
  private final String meaning;

  IngressRule(int number, String label, String meaning) {
    this.number = number;
    this.label = label;
    this.meaning = meaning;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
