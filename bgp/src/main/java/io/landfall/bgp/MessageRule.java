package io.landfall.bgp;

import io.landfall.core.RefusalRule;

/** Why a message, or an attribute or family in it, is not taken as it came. */
public enum MessageRule implements RefusalRule {
  /** An address family that this session does not carry. */
  FAMILY_NOT_NEGOTIATED(
      40, "family-not-negotiated", "an address family that this session does not carry"),
  /** A malformed attribute: the routes of the message are withdrawn (RFC 7606). */
  TREAT_AS_WITHDRAW(
      41,
      "treat-as-withdraw",
      "a malformed attribute: the routes of the message are withdrawn (RFC 7606)"),
  /** A malformed attribute that is dropped; its route is kept (RFC 7606). */
  MALFORMED_ATTRIBUTE_DISCARDED(
      42,
      "malformed-attribute-discarded",
      "a malformed attribute that is dropped; its route is kept (RFC 7606)"),
  /** An attribute outside the vocabulary, dropped; its route is kept. */
  UNWANTED_ATTRIBUTE(
      43, "unwanted-attribute", "an attribute outside the vocabulary, dropped; its route is kept"),
  /** An attribute that stands twice; the first counts (RFC 7606). */
  DUPLICATE_ATTRIBUTE(
      44, "duplicate-attribute", "an attribute that stands twice; the first counts (RFC 7606)"),
  /** An attribute that only peers of the same AS may send, dropped. */
  ATTRIBUTE_NOT_FOR_EXTERNAL_PEERS(
      45,
      "attribute-not-for-external-peers",
      "an attribute that only peers of the same AS may send, dropped"),
  /** A route with OTC from a customer: a leak (RFC 9234). */
  ROUTE_LEAK_ONLY_TO_CUSTOMER(
      46, "route-leak-only-to-customer", "a route with OTC from a customer: a leak (RFC 9234)");

  private final int number;
  private final String label;
  private final String meaning;

  MessageRule(int number, String label, String meaning) {
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
