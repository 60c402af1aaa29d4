package io.landfall.edge.rules;

import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;
import java.util.Optional;

/** What the rules of a service answer to a request, in place of a backend. */
public sealed interface Ruling {
  /** The address of the client may not use the service. */
  record Denied() implements Ruling {}

  /**
   * The client has sent more requests than it may.
   *
   * @param retryAfterSeconds when the next one is taken
   * @param fields the fields of the limit: RateLimit and RateLimit-Policy
   */
  record Limited(long retryAfterSeconds, FieldLines fields) implements Ruling {}

  /**
   * The service is under maintenance.
   *
   * @param page the bytes of a page in HTML; empty for the node's own text
   * @param retryAfterSeconds when to come again
   */
  record Maintained(Optional<AsciiString> page, long retryAfterSeconds) implements Ruling {}

  /**
   * The request is redirected.
   *
   * @param status one of 301, 302, 303, 307, 308
   * @param location the value of Location
   */
  record Redirected(int status, AsciiString location) implements Ruling {}

  /**
   * No rule answers the request.
   *
   * @param fields what the response has of limits; mostly nothing
   */
  record Passed(FieldLines fields) implements Ruling {}
}
