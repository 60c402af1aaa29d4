package io.landfall.cache;

/** Why a request went towards the origin: {@code fwd} of Cache-Status (RFC 9211 section 2.2). */
public enum Forwarding {
  /** The cache was not to handle it. */
  BYPASS("bypass"),
  /** Its method is always forwarded. */
  METHOD("method"),
  /** Nothing is stored for the URI. */
  URI_MISS("uri-miss"),
  /** Something is stored for the URI, but nothing that its fields select. */
  VARY_MISS("vary-miss"),
  /** Nothing is stored that could be used; which of both cannot be told. */
  MISS("miss"),
  /** What is stored was fresh, but the request demanded more. */
  REQUEST("request"),
  /** What is stored was stale. */
  STALE("stale"),
  /** What is stored has not all of it. */
  PARTIAL("partial");

  private final String word;

  Forwarding(String word) {
    this.word = word;
  }

  /** The token in Cache-Status. */
  public String word() {
    return word;
  }
}
