package io.landfall.overlay.servicehost;

import io.landfall.core.RefusalRule;

/** Why an announcement of a service host is not taken, beyond the rules of the overlay's codec. */
public enum ServiceHostRule implements RefusalRule {
  /** A service host named a host that is not one of its services. */
  NOT_CONFIGURED(
      30, "not-configured-for-this-host", "a service host named a host that is none of its own"),
  /** A service host passed on a route of another AS. */
  AS_PATH_NOT_OWN(31, "as-path-not-the-hosts-own", "a service host passed on what another AS said"),
  /** A service host passed on a route of a reflector. */
  REFLECTED(32, "reflected-path", "a service host passed on what a reflector told it");

  private final int number;
  private final String label;
  private final String meaning;

  ServiceHostRule(int number, String label, String meaning) {
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
