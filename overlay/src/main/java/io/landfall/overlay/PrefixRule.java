package io.landfall.overlay;

import io.landfall.core.RefusalRule;

/** Why a prefix is no host of the block. */
public enum PrefixRule implements RefusalRule {
  /** The default route, which the overlay never carries. */
  DEFAULT_ROUTE(1, "default-route", "the default route, which the overlay never carries"),
  /** A prefix shorter than a host. */
  NOT_HOST_LENGTH(2, "not-host-length", "a prefix shorter than a host"),
  /** A host that is not of the overlay's block. */
  OUTSIDE_BLOCK(3, "outside-block", "a host that is not of the overlay's block"),
  /** An IPv6 prefix where the block is IPv4, or the other way round. */
  WRONG_FAMILY(4, "wrong-family", "an IPv6 prefix where the block is IPv4, or the other way round");

  private final int number;
  private final String label;
  private final String meaning;

  PrefixRule(int number, String label, String meaning) {
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
