package io.landfall.control;

import io.landfall.core.RefusalRule;

/** Why a node's connection for requests is refused. */
public enum RequestRule implements RefusalRule {
  /** A node that is not live here opened a connection for requests. */
  NO_SESSION(143, "no-session", "a node that has no session here asks for services"),
  /** Requests came with the certificate of a live node from where it is not reached. */
  OTHER_ADDRESS(
      144, "other-address", "requests with a live node's certificate came from another address"),
  /** A node has as many connections for requests as it may have. */
  TOO_MANY_CHANNELS(
      145, "too-many-channels", "a node has as many connections for requests as it may have");

  private final int number;
  private final String label;
  private final String meaning;

  RequestRule(int number, String label, String meaning) {
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
