package io.landfall.overlay;

import io.landfall.core.RefusalRule;

/** Why a node with a good certificate still gets no session. */
public enum PeerRule implements RefusalRule {
  /** A live node with another certificate, or at another address, has this identity. */
  DUPLICATE_IDENTITY(
      140,
      "duplicate-identity",
      "a live node with another certificate, or at another address, has this identity"),
  /** A live node with another certificate has this name. */
  DUPLICATE_NAME(141, "duplicate-name", "a live node with another certificate has this name"),
  /** As many peers are live as there may be. */
  TOO_MANY_PEERS(142, "too-many-peers", "as many peers are live as there may be"),
  /** A node has the identity of a service that is configured here. */
  IDENTITY_OF_A_SERVICE(
      146, "identity-of-a-service", "a node has the identity of a service that is configured here");

  private final int number;
  private final String label;
  private final String meaning;

  PeerRule(int number, String label, String meaning) {
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
