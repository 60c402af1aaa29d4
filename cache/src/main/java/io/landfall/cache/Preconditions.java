package io.landfall.cache;

import org.jspecify.annotations.Nullable;

/**
 * Answers a client's conditions from a stored response (RFC 9111 section 4.3.2): If-None-Match, and
 * If-Modified-Since where there is none (RFC 9110 section 13.2.2). If-Match and If-Unmodified-Since
 * are for origins; a cache may ignore them (section 13.1.1).
 */
public enum Preconditions {
  /** The stored response is the answer. */
  ANSWER,
  /** 304 is, with those of its fields that {@link StoredFields#isInNotModified} keeps. */
  NOT_MODIFIED;

  /** Which of both a request gets. */
  public static Preconditions evaluate(CacheRequest request, StoredMeta stored, long wallMillis) {
    boolean success = stored.status() >= StatusRules.OK && stored.status() < 300;
    if (!success || !(request.isGet() || request.isHead())) {
      return ANSWER;
    }
    boolean tagged = false;
    CharSequence since = null;
    for (int i = 0; i < request.fields().size(); i++) {
      CharSequence name = request.fields().name(i);
      if (AsciiText.same(name, CacheFields.IF_NONE_MATCH)) {
        tagged = true;
        if (matches(request.fields().value(i), stored.validators())) {
          return NOT_MODIFIED;
        }
      } else if (AsciiText.same(name, CacheFields.IF_MODIFIED_SINCE)) {
        since = request.fields().value(i);
      }
    }
    boolean unmodified = !tagged && isUnmodified(since, stored.validators(), wallMillis);
    return unmodified ? NOT_MODIFIED : ANSWER;
  }

  private static boolean matches(CharSequence list, Validators stored) {
    return EntityTags.listMatches(list, stored.etag());
  }

  private static boolean isUnmodified(
      @Nullable CharSequence since, Validators stored, long wallMillis) {
    if (since == null) {
      return false;
    }
    long sinceMillis = HttpDates.millis(since, wallMillis);
    long modifiedMillis =
        stored.lastModified().isEmpty() ? stored.dateMillis() : stored.lastModifiedMillis();
    return sinceMillis != HttpDates.INVALID && modifiedMillis <= sinceMillis;
  }
}
