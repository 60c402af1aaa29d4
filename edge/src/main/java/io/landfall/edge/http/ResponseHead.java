package io.landfall.edge.http;

/**
 * The head of a response from an upstream.
 *
 * @param status the status code, 200 to 599; interim responses are not shown to anybody
 * @param fields its fields as received
 * @param framing how its body is delimited on the upstream's side
 * @param reusable whether the connection may be used again after the body (HTTP/1 only)
 */
public record ResponseHead(int status, FieldLines fields, Framing framing, boolean reusable) {
  /** More interim responses than this before the final one are an attack or a bug. */
  public static final int MAX_INTERIM = 16;
}
