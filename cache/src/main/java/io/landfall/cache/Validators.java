package io.landfall.cache;

import org.jspecify.annotations.Nullable;

/**
 * What a stored response can be validated with (RFC 9110 section 8.8), and how a conditional
 * request for it is built (RFC 9111 section 4.3.1).
 *
 * @param etag its entity tag as received; empty if it has none
 * @param lastModified its Last-Modified as received; empty if it has none, or none that is a date
 * @param lastModifiedMillis the same, in milliseconds since 1970; undefined without it
 * @param dateMillis when it was made, by its Date or when it was received
 */
public record Validators(
    String etag, String lastModified, long lastModifiedMillis, long dateMillis) {
  /**
   * How much older than Date a Last-Modified must be to be strong (RFC 9110 section 8.8.2.2), so
   * that no two versions of one second can share it.
   */
  private static final long STRONG_DATE_MILLIS = 60_000;

  static Validators of(FieldSection fields, long dateMillis, long wallMillis) {
    CharSequence tag = CacheFields.only(fields, CacheFields.ETAG);
    CharSequence modified = CacheFields.only(fields, CacheFields.LAST_MODIFIED);
    long millis = Lifetimes.lastModified(modified, wallMillis);
    return new Validators(
        text(tag),
        millis == HttpDates.INVALID ? "" : text(modified),
        millis == HttpDates.INVALID ? 0 : millis,
        dateMillis);
  }

  private static String text(@Nullable CharSequence value) {
    return value == null ? "" : value.toString();
  }

  /** Whether it can be validated at all. */
  public boolean canValidate() {
    return !etag.isEmpty() || !lastModified.isEmpty();
  }

  /** Whether it has a strong entity tag: without it parts are not joined (section 3.4). */
  public boolean hasStrongTag() {
    return !etag.isEmpty() && !EntityTags.isWeak(etag);
  }

  /** Whether Last-Modified is strong (RFC 9110 section 8.8.2.2). */
  boolean hasStrongDate() {
    return !lastModified.isEmpty() && dateMillis - lastModifiedMillis >= STRONG_DATE_MILLIS;
  }

  /**
   * Adds the conditions with which the response is validated: If-None-Match, and If-Modified-Since
   * for origins that have no tags. The request's own conditions must not go upstream beside them.
   */
  public void addConditions(FieldSink request) {
    if (!etag.isEmpty()) {
      request.add(CacheFields.IF_NONE_MATCH, etag);
    }
    if (!lastModified.isEmpty()) {
      request.add(CacheFields.IF_MODIFIED_SINCE, lastModified);
    }
  }
}
