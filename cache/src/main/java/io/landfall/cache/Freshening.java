package io.landfall.cache;

/** Whether what came back for a conditional request, or for HEAD, is about a stored response. */
public enum Freshening {
  /** It is: {@link StoredFields#freshen} and {@link StoreRule} make the response new. */
  FRESHEN,
  /** It is not: the stored response stays as it is, and is not the answer. */
  UNRELATED,
  /** It shows that the stored response is no longer right: it is stale from now on. */
  OUTDATED;

  /**
   * What a 304 means for a stored response (RFC 9111 sections 4.3.3 and 4.3.4): {@link #FRESHEN} if
   * its validators are those of the stored response, or it has none.
   *
   * <p>A 304 with another entity tag contradicts itself. If all that was asked is If-None-Match
   * with the one stored tag, the origin answered about that tag, so the stored response is
   * validated and keeps it. If If-Modified-Since was sent too, an origin may have looked at the
   * date alone, so it is {@link #UNRELATED}, and the request is repeated without conditions.
   */
  public static Freshening ofNotModified(
      Validators stored, FieldSection notModified, long wallMillis) {
    CharSequence tag = CacheFields.only(notModified, CacheFields.ETAG);
    if (tag != null && !stored.etag().isEmpty()) {
      boolean same = EntityTags.weakMatch(tag, stored.etag());
      return same || stored.lastModified().isEmpty() ? FRESHEN : UNRELATED;
    }
    return sameDate(stored, notModified, wallMillis) ? FRESHEN : UNRELATED;
  }

  /**
   * What a response to HEAD means for a stored response to GET (section 4.3.5).
   *
   * @param storedBytes the length of the stored body
   */
  public static Freshening ofHead(
      StoredMeta stored, long storedBytes, CacheResponse head, long wallMillis) {
    if (head.status() != StatusRules.OK || stored.status() != StatusRules.OK) {
      return UNRELATED;
    }
    CharSequence length = CacheFields.only(head.fields(), CacheFields.CONTENT_LENGTH);
    CharSequence tag = CacheFields.only(head.fields(), CacheFields.ETAG);
    boolean sameLength = length == null || AsciiText.same(length, Long.toString(storedBytes));
    boolean sameTag = tag == null || AsciiText.same(tag, stored.validators().etag());
    boolean sameDate = sameDate(stored.validators(), head.fields(), wallMillis);
    return sameLength && sameTag && sameDate ? FRESHEN : OUTDATED;
  }

  private static boolean sameDate(Validators stored, FieldSection update, long wallMillis) {
    CharSequence modified = CacheFields.only(update, CacheFields.LAST_MODIFIED);
    return modified == null
        || stored.lastModified().isEmpty()
        || Lifetimes.lastModified(modified, wallMillis) == stored.lastModifiedMillis();
  }
}
