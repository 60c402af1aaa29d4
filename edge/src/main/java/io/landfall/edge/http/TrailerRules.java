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

  /**
   * Refuses trailers with a field that must not be one.
   *
   * @throws BadMessage TRAILER_FORBIDDEN
   */
  public static void check(FieldLines trailers) throws BadMessage {
    for (int i = 0; i < trailers.size(); i++) {
      AsciiString name = trailers.name(i);
      if (FORBIDDEN.contains(name) || FieldNames.isHopByHop(name) || FieldNames.isPrivate(name)) {
        throw new BadMessage(HttpViolation.TRAILER_FORBIDDEN);
      }
    }
  }
}
