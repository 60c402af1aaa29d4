package io.landfall.cache;

import org.jspecify.annotations.Nullable;

/** Names of fields that the rules read, and how a line is found. */
final class CacheFields {
  static final String ACCEPT_ENCODING = "accept-encoding";
  static final String ACCEPT_LANGUAGE = "accept-language";
  static final String AGE = "age";
  static final String AUTHORIZATION = "authorization";
  static final String CACHE_CONTROL = "cache-control";
  static final String CACHE_GROUPS = "cache-groups";
  static final String CACHE_GROUP_INVALIDATION = "cache-group-invalidation";
  static final String CACHE_TAG = "cache-tag";
  static final String CDN_CACHE_CONTROL = "cdn-cache-control";
  static final String CONNECTION = "connection";
  static final String CONTENT_ENCODING = "content-encoding";
  static final String CONTENT_LANGUAGE = "content-language";
  static final String CONTENT_LENGTH = "content-length";
  static final String CONTENT_LOCATION = "content-location";
  static final String CONTENT_RANGE = "content-range";
  static final String CONTENT_TYPE = "content-type";
  static final String COOKIE = "cookie";
  static final String DATE = "date";
  static final String ETAG = "etag";
  static final String EXPIRES = "expires";
  static final String IF_MODIFIED_SINCE = "if-modified-since";
  static final String IF_NONE_MATCH = "if-none-match";
  static final String IF_RANGE = "if-range";
  static final String LANDFALL_CACHE_CONTROL = "landfall-cache-control";
  static final String LAST_MODIFIED = "last-modified";
  static final String LOCATION = "location";
  static final String PRAGMA = "pragma";
  static final String RANGE = "range";
  static final String SET_COOKIE = "set-cookie";
  static final String SURROGATE_KEY = "surrogate-key";
  static final String VARY = "vary";

  private CacheFields() {}

  static boolean is(FieldSection fields, int line, String name) {
    return AsciiText.same(fields.name(line), name);
  }

  static boolean has(FieldSection fields, String name) {
    return indexOf(fields, name) >= 0;
  }

  /** The first line of that name, or -1. */
  static int indexOf(FieldSection fields, String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (is(fields, i, name)) {
        return i;
      }
    }
    return -1;
  }

  /** The value of the first line of that name, or null. */
  static @Nullable CharSequence first(FieldSection fields, String name) {
    int line = indexOf(fields, name);
    return line < 0 ? null : fields.value(line);
  }

  /** The value of the only line of that name; null if there is none, or more than one. */
  static @Nullable CharSequence only(FieldSection fields, String name) {
    CharSequence value = null;
    for (int i = 0; i < fields.size(); i++) {
      if (is(fields, i, name)) {
        if (value != null) {
          return null;
        }
        value = fields.value(i);
      }
    }
    return value;
  }

  /** All lines of that name as one (RFC 9110 section 5.3), or null if there is none. */
  static @Nullable CharSequence combined(FieldSection fields, String name) {
    CharSequence first = null;
    StringBuilder all = null;
    for (int i = 0; i < fields.size(); i++) {
      if (is(fields, i, name)) {
        if (first == null) {
          first = fields.value(i);
        } else {
          all = all == null ? new StringBuilder(first) : all;
          all.append(", ").append(fields.value(i));
        }
      }
    }
    return all == null ? first : all;
  }
}
