package io.landfall.edge.http;

/**
 * The head of a response from an upstream.
 *
 * @param status the status code, 100 to 599; below 200 it is an interim response
 * @param fields its fields as received
 * @param framing how its body is delimited on the upstream's side
 * @param version11 whether it came as HTTP/1.1 or later
 * @param reusable whether the connection may be used again after the body (HTTP/1 only)
 */
public record ResponseHead(
    int status, FieldLines fields, Framing framing, boolean version11, boolean reusable) {
  /** The status that accepts an upgrade (RFC 9110 section 15.2.2). */
  public static final int SWITCHING_PROTOCOLS = 101;

  /** More interim responses than this before the final one are an attack or a bug. */
  public static final int MAX_INTERIM = 16;

  /** This head, to whose fields these were added. */
  public ResponseHead with(FieldLines more) {
    for (int i = 0; i < more.size(); i++) {
      fields.add(more.name(i), more.value(i));
    }
    return this;
  }
}
