package io.landfall.edge;

import io.netty.util.AsciiString;
import java.util.Optional;

/**
 * What a request must have for a backend that is kept for some requests only.
 *
 * @param part where it is looked for
 * @param name the name of the field in lower case, or of the cookie as it is
 * @param value the whole value; empty for any
 */
public record RequestMatch(Part part, AsciiString name, Optional<AsciiString> value) {
  /** Where it is looked for. */
  public enum Part {
    /** A field of the head: one line of it has the value. */
    FIELD,
    /** A cookie (RFC 6265 section 4.2.1). */
    COOKIE
  }
}
