package io.landfall.cache;

import java.util.List;

/**
 * What a response says of its caching: the directives of RFC 9111 section 5.2.2, RFC 5861 and RFC
 * 8246, read once. Where directives contradict each other the most restrictive one counts: the
 * shortest time, and a directive without fields over one with fields. A time that is no number is
 * 0, so the response is stale (section 4.2.1).
 *
 * @param source which field they were taken from
 * @param flags the directives without times, as bits of this class
 * @param maxAgeSeconds max-age, or {@link #ABSENT}
 * @param sMaxageSeconds s-maxage, or {@link #ABSENT}
 * @param staleWhileRevalidateSeconds stale-while-revalidate (RFC 5861), or {@link #ABSENT}
 * @param staleIfErrorSeconds stale-if-error (RFC 5861), or {@link #ABSENT}
 * @param noCacheFields names of no-cache="...", in lower case; empty if it has none
 * @param privateFields names of private="...", in lower case; empty if it has none
 */
public record ResponseDirectives(
    Source source,
    int flags,
    long maxAgeSeconds,
    long sMaxageSeconds,
    long staleWhileRevalidateSeconds,
    long staleIfErrorSeconds,
    List<String> noCacheFields,
    List<String> privateFields) {
  /** A time that the response does not give. */
  public static final long ABSENT = -1;

  static final int NO_STORE = 1;
  static final int NO_CACHE = 1 << 1;
  static final int PRIVATE = 1 << 2;
  static final int PUBLIC = 1 << 3;
  static final int MUST_REVALIDATE = 1 << 4;
  static final int PROXY_REVALIDATE = 1 << 5;
  static final int MUST_UNDERSTAND = 1 << 6;
  static final int NO_TRANSFORM = 1 << 7;
  static final int IMMUTABLE = 1 << 8;

  /** Which field control was taken from: the first of them that there is (RFC 9213 section 2.2). */
  public enum Source {
    /** Landfall-Cache-Control: meant for this CDN. */
    LANDFALL,
    /** CDN-Cache-Control: meant for any CDN (RFC 9213 section 3). */
    CDN,
    /** Cache-Control. */
    CACHE_CONTROL,
    /** None of them. */
    NONE
  }

  static final ResponseDirectives NONE =
      new ResponseDirectives(Source.NONE, 0, ABSENT, ABSENT, ABSENT, ABSENT, List.of(), List.of());

  /** The directives of a response, from the most specific field that is there and valid. */
  public static ResponseDirectives of(FieldSection fields) {
    CharSequence own = CacheFields.combined(fields, CacheFields.LANDFALL_CACHE_CONTROL);
    ResponseDirectives directives = own == null ? NONE : targeted(own, Source.LANDFALL);
    if (directives.source == Source.NONE) {
      CharSequence cdn = CacheFields.combined(fields, CacheFields.CDN_CACHE_CONTROL);
      directives = cdn == null ? NONE : targeted(cdn, Source.CDN);
    }
    return directives.source == Source.NONE ? cacheControl(fields) : directives;
  }

  private static ResponseDirectives cacheControl(FieldSection fields) {
    DirectiveCollector collector = null;
    for (int i = 0; i < fields.size(); i++) {
      if (CacheFields.is(fields, i, CacheFields.CACHE_CONTROL)) {
        collector = collector == null ? new DirectiveCollector() : collector;
        CharSequence line = fields.value(i);
        ListMembers members = new ListMembers(line);
        while (members.next()) {
          collector.add(line, members.from(), members.nameEnd(), members.to());
        }
      }
    }
    return collector == null ? NONE : collector.result(Source.CACHE_CONTROL);
  }

  /** What a targeted field says; NONE if it is empty or broken, as if it were not there. */
  private static ResponseDirectives targeted(CharSequence value, Source source) {
    List<StructuredFields.Member> members = StructuredFields.dictionary(value);
    if (members.isEmpty()) {
      return NONE;
    }
    DirectiveCollector collector = new DirectiveCollector();
    members.forEach(collector::add);
    return collector.result(source);
  }

  /** Whether it has a time of its own for a shared cache, Expires aside. */
  public boolean hasLifetime() {
    return maxAgeSeconds != ABSENT || sMaxageSeconds != ABSENT;
  }

  /** Whether a targeted field decides, so that Cache-Control and Expires do not count. */
  public boolean isTargeted() {
    return source == Source.LANDFALL || source == Source.CDN;
  }

  /** no-store (RFC 9111 section 5.2.2.5). */
  public boolean noStore() {
    return has(NO_STORE);
  }

  /** no-cache without fields (section 5.2.2.4). */
  public boolean noCache() {
    return has(NO_CACHE);
  }

  /** private without fields (section 5.2.2.7). */
  public boolean isPrivate() {
    return has(PRIVATE);
  }

  /** public (section 5.2.2.9). */
  public boolean isPublic() {
    return has(PUBLIC);
  }

  /** must-revalidate (section 5.2.2.2). */
  public boolean mustRevalidate() {
    return has(MUST_REVALIDATE);
  }

  /** proxy-revalidate (section 5.2.2.8). */
  public boolean proxyRevalidate() {
    return has(PROXY_REVALIDATE);
  }

  /** must-understand (section 5.2.2.3). */
  public boolean mustUnderstand() {
    return has(MUST_UNDERSTAND);
  }

  /** no-transform (section 5.2.2.6). */
  public boolean noTransform() {
    return has(NO_TRANSFORM);
  }

  /** immutable (RFC 8246). */
  public boolean immutable() {
    return has(IMMUTABLE);
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
