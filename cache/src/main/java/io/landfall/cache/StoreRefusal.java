package io.landfall.cache;

/**
 * Why a response is not stored: the value of {@code detail} in Cache-Status (RFC 9211 section 2.8).
 */
public enum StoreRefusal {
  /** The method's responses are not stored. */
  METHOD(false),
  /** The request had a body, which no key has ("fat GET"). */
  REQUEST_BODY(false),
  /** The request says no-store (RFC 9111 section 5.2.1.5). */
  REQUEST_NO_STORE(false),
  /** The request had a cookie that bypasses the cache. */
  BYPASS_COOKIE(false),
  /** A response to HEAD has no body that could answer a GET. */
  HEAD(false),
  /** The status answers something of this one request, or is not final. */
  STATUS(false),
  /** The response says no-store (section 5.2.2.5). */
  NO_STORE(true),
  /** The response says private (section 5.2.2.7). */
  PRIVATE(true),
  /** The request had Authorization, and nothing allows it (section 3.5). */
  AUTHORIZATION(false),
  /** The response says must-understand, and its status is not known here (section 5.2.2.3). */
  NOT_UNDERSTOOD(true),
  /** It gives no time, and its status may not be stored without one (section 3). */
  NO_LIFETIME(true),
  /** It could never be used again: no time, no validator, no grace. */
  NEVER_REUSABLE(true),
  /** It sets a cookie and does not say that it may be stored; or the policy forbids it. */
  SET_COOKIE(true),
  /** Vary is an asterisk: no other request can match (section 4.1). */
  VARY_ANY(true),
  /** Vary names more fields than a key may have. */
  VARY_TOO_WIDE(true),
  /** Vary names a field that nodes and proxies write on the way. */
  VARY_HOP_FIELD(true),
  /** It has a coding that the request did not ask for. */
  CODING_NOT_ASKED(false),
  /** The body is larger than the policy allows. */
  TOO_LARGE(true),
  /** There is no room in the memory at this moment, which has no meaning for the next response. */
  NO_ROOM(false),
  /** It has more tags, or a longer one, than can be kept: a purge would miss it. */
  TAGS(true),
  /** A part whose Content-Range is missing, broken or of unknown length, or of several parts. */
  CONTENT_RANGE(false);

  private final boolean ofTheResource;

  StoreRefusal(boolean ofTheResource) {
    this.ofTheResource = ofTheResource;
  }

  /**
   * Whether the next response for the same key will be refused too: it is worth remembering, so
   * that no request waits for it (hit-for-miss).
   */
  public boolean isOfTheResource() {
    return ofTheResource;
  }

  /** The word that stands in Cache-Status. */
  public String detail() {
    return name();
  }
}
