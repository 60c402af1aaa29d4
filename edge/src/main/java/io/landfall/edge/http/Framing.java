package io.landfall.edge.http;

import io.netty.util.AsciiString;

/**
 * How a message's body is delimited (RFC 9112 section 6.3), taken from its fields so that no other
 * parser could come to another answer.
 *
 * @param kind the way
 * @param length the length in bytes if it is known from the start, else -1
 */
public record Framing(Kind kind, long length) {
  public static final Framing NONE = new Framing(Kind.NONE, 0);
  public static final Framing CHUNKED = new Framing(Kind.CHUNKED, -1);
  public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, -1);
  private static final Framing EMPTY = new Framing(Kind.LENGTH, 0);

  /** The ways to delimit a body. */
  public enum Kind {
    /** There is no body, whatever the fields say. */
    NONE,
    /** Content-Length bytes. */
    LENGTH,
    /** Chunks of HTTP/1.1, or DATA frames of HTTP/2 without a Content-Length. */
    CHUNKED,
    /** Until the connection is closed; responses only. */
    UNTIL_CLOSE
  }

  /** A body of so many bytes, perhaps none. */
  public static Framing length(long length) {
    return length == 0 ? EMPTY : new Framing(Kind.LENGTH, length);
  }

  /** Whether not one body byte will come. */
  public boolean isEmpty() {
    return kind == Kind.NONE || (kind == Kind.LENGTH && length == 0);
  }

  /**
   * What the fields say, or {@code absent} if they say nothing.
   *
   * @param version11 whether the message is HTTP/1.1 and not 1.0
   */
  public static Framing of(FieldLines fields, boolean version11, Framing absent) throws BadMessage {
    long length = -1;
    boolean chunked = false;
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      if (name.equals(FieldNames.CONTENT_LENGTH)) {
        if (length >= 0) {
          throw new BadMessage(HttpViolation.LENGTH_REPEATED);
        }
        length = Syntax.contentLength(fields.value(i));
        if (length < 0) {
          throw new BadMessage(HttpViolation.LENGTH_MALFORMED);
        }
      } else if (name.equals(FieldNames.TRANSFER_ENCODING)) {
        if (!version11) {
          throw new BadMessage(HttpViolation.CODING_IN_1_0);
        }
        if (chunked || !fields.value(i).contentEqualsIgnoreCase("chunked")) {
          // RFC 9112 section 6.1: what ends with chunked is framed well, and not understood.
          throw new BadMessage(
              !chunked && Tokens.endsWithOnly(fields.value(i), "chunked")
                  ? HttpViolation.CODING_UNKNOWN
                  : HttpViolation.CODING);
        }
        chunked = true;
      }
    }
    if (chunked) {
      if (length >= 0) {
        throw new BadMessage(HttpViolation.LENGTH_WITH_CODING);
      }
      return CHUNKED;
    }
    return length >= 0 ? length(length) : absent;
  }
}
