package io.landfall.cache;

/**
 * Which stored responses have variants in further codings, and which requests get them. What is
 * made is another representation of the same resource (RFC 9110 section 8.4), by a cache that must
 * not do so where it is forbidden (section 7.7).
 */
public final class CompressionRule {
  private CompressionRule() {}

  /**
   * Whether a stored response has variants. All answers from one that has say that Accept-Encoding
   * selects them.
   *
   * @param meta what was decided of it
   * @param fields its fields as they are stored
   * @param length the length of its body; {@link CacheResponse#UNKNOWN} while it is fetched
   */
  public static boolean isCodable(
      StoredMeta meta, FieldSection fields, long length, CompressionPolicy policy) {
    if (!policy.isOn() || (length != CacheResponse.UNKNOWN && !policy.takes(length))) {
      return false;
    }
    return meta.status() != StatusRules.PARTIAL_CONTENT
        && hasType(fields, policy)
        && !isForbidden(fields, policy);
  }

  private static boolean hasType(FieldSection fields, CompressionPolicy policy) {
    CharSequence value = CacheFields.only(fields, CacheFields.CONTENT_TYPE);
    if (value == null) {
      return false;
    }
    int end = 0;
    while (end < value.length() && value.charAt(end) != ';') {
      end++;
    }
    return policy.hasType(AsciiText.lowerCase(value, 0, AsciiText.trimEnd(value, 0, end)));
  }

  private static boolean isForbidden(FieldSection fields, CompressionPolicy policy) {
    for (int i = 0; i < fields.size(); i++) {
      CharSequence name = fields.name(i);
      boolean forbids =
          // It has a coding already, or one is said to be missing on purpose.
          AsciiText.same(name, CacheFields.CONTENT_ENCODING)
              || AsciiText.same(name, CacheFields.CONTENT_RANGE)
              // Signatures (RFC 9421) may cover what changes: tag, length, digest.
              || AsciiText.same(name, "signature")
              || AsciiText.same(name, "signature-input")
              || (!policy.withCredentials() && AsciiText.same(name, CacheFields.SET_COOKIE))
              || (isControl(name) && hasNoTransform(fields.value(i)));
      if (forbids) {
        return true;
      }
    }
    return false;
  }

  /** Whichever field decides how long it is stored: none of them may forbid it. */
  private static boolean isControl(CharSequence name) {
    return AsciiText.same(name, CacheFields.CACHE_CONTROL)
        || AsciiText.same(name, CacheFields.CDN_CACHE_CONTROL)
        || AsciiText.same(name, CacheFields.LANDFALL_CACHE_CONTROL);
  }

  private static boolean hasNoTransform(CharSequence line) {
    ListMembers members = new ListMembers(line);
    while (members.next()) {
      // With parameters, or a value, it means the same.
      int end = members.from();
      while (end < members.to() && line.charAt(end) != ';' && line.charAt(end) != '=') {
        end++;
      }
      int trimmed = AsciiText.trimEnd(line, members.from(), end);
      if (AsciiText.regionIs(line, members.from(), trimmed, "no-transform")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a request may get a variant: not one that asks for a part, whose bytes are those of the
   * body as it was received, nor one that forbids it or has credentials.
   */
  public static boolean mayGetVariant(
      CacheRequest request, RequestDirectives directives, CompressionPolicy policy) {
    if (directives.noTransform() || !(request.isGet() || request.isHead())) {
      return false;
    }
    for (int i = 0; i < request.fields().size(); i++) {
      CharSequence name = request.fields().name(i);
      boolean part = AsciiText.same(name, CacheFields.RANGE);
      boolean secret =
          AsciiText.same(name, CacheFields.COOKIE)
              || AsciiText.same(name, CacheFields.AUTHORIZATION);
      if (part || (secret && !policy.withCredentials())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a request asks for a part on the condition of a date, of what has variants. A client
   * that took a variant may have no tag, and the date is that of all variants: it gets the whole
   * (RFC 9110 section 13.1.5: If-Range is about one representation).
   */
  public static boolean isPartByDate(CacheRequest request) {
    CharSequence condition = CacheFields.first(request.fields(), CacheFields.IF_RANGE);
    boolean tag =
        condition != null
            && condition.length() > 0
            && (condition.charAt(0) == '"' || EntityTags.isWeak(condition));
    return condition != null && !tag;
  }
}
