package io.landfall.cache;

/**
 * A request as the rules see it.
 *
 * @param method as received; methods are case-sensitive
 * @param target path and query in the normal form that routing uses (no dot segments, what needs no
 *     encoding decoded), as {@link QueryRules#apply} left it
 * @param fields its fields as received
 * @param hasBody whether it has a body of any length, 0 aside
 */
public record CacheRequest(
    CharSequence method, CharSequence target, FieldSection fields, boolean hasBody) {
  boolean isGet() {
    return AsciiText.same(method, "GET");
  }

  boolean isHead() {
    return AsciiText.same(method, "HEAD");
  }
}
