package io.landfall.edge.http;

import io.netty.util.AsciiString;
import java.util.Set;

/** What may come in trailers (RFC 9110 section 6.5.1), whatever the version of HTTP. */
public final class TrailerRules {
  /** What must not come in a trailer, besides fields of one hop: framing, routing, and such. */
  private static final Set<AsciiString> FORBIDDEN =
      Set.of(
          FieldNames.CONTENT_LENGTH,
          FieldNames.CONTENT_TYPE,
          FieldNames.CDN_LOOP,
          FieldNames.EXPECT,
          FieldNames.FORWARDED,
          FieldNames.HOST,
          FieldNames.MAX_FORWARDS,
          FieldNames.VIA,
          AsciiString.cached("authorization"),
          AsciiString.cached("cache-control"),
          AsciiString.cached("content-encoding"),
          AsciiString.cached("content-range"),
          AsciiString.cached("cookie"),
          AsciiString.cached("range"),
          AsciiString.cached("set-cookie"),
          AsciiString.cached("www-authenticate"));

  private TrailerRules() {}

  private static boolean isForbidden(AsciiString name) {
    return FORBIDDEN.contains(name) || FieldNames.isHopByHop(name) || FieldNames.isPrivate(name);
  }

  /**
   * Refuses trailers with a field that must not be one.
   *
   * @throws BadMessage TRAILER_FORBIDDEN
   */
  public static void check(FieldLines trailers) throws BadMessage {
    if (allowed(trailers).size() < trailers.size()) {
      throw new BadMessage(HttpViolation.TRAILER_FORBIDDEN);
    }
  }

  /**
   * Trailers without the fields that must not be any. A recipient may drop what comes in trailers
   * (RFC 9110 section 6.5.1), and the content before them is whole all the same.
   */
  public static FieldLines allowed(FieldLines trailers) {
    FieldLines allowed = new FieldLines(trailers.size());
    for (int i = 0; i < trailers.size(); i++) {
      if (!isForbidden(trailers.name(i))) {
        allowed.add(trailers.name(i), trailers.value(i));
      }
    }
    return allowed;
  }
}
