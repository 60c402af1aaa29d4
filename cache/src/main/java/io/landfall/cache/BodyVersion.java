package io.landfall.cache;

import java.util.Optional;

/**
 * One version of a body whose parts may be joined (RFC 9111 section 3.4).
 *
 * @param etag its strong entity tag
 * @param coding its Content-Encoding as received; empty if it has none. RFC 9110 section 8.8.1 has
 *     two tags for two codings; an origin that has one must not get their bytes mixed
 * @param length how long the whole is
 */
public record BodyVersion(String etag, String coding, long length) {
  /** What has a longer entity tag and coding is not remembered, and its parts not stored. */
  public static final int MOST_TEXT_LENGTH = 256;

  /**
   * That of a response; empty if no part of it may be joined with others: it has no strong entity
   * tag, or one that is too long.
   *
   * @param length the length of the whole
   */
  public static Optional<BodyVersion> of(Validators its, FieldSection fields, long length) {
    String coding = coding(fields);
    boolean joins = its.hasStrongTag() && its.etag().length() + coding.length() <= MOST_TEXT_LENGTH;
    return joins ? Optional.of(new BodyVersion(its.etag(), coding, length)) : Optional.empty();
  }

  private static String coding(FieldSection fields) {
    CharSequence all = CacheFields.combined(fields, CacheFields.CONTENT_ENCODING);
    return all == null ? "" : all.toString();
  }

  /**
   * Whether a whole response is of this version. One with the same tag, but weak, is: the origin
   * has coded it on the way.
   *
   * @param bytes the length of its body; {@link Slices#UNKNOWN} if it gave none
   */
  public boolean isOf(Validators its, FieldSection fields, long bytes) {
    if (!its.hasStrongTag()) {
      return EntityTags.weakMatch(etag, its.etag());
    }
    boolean sameLength = bytes == Slices.UNKNOWN || bytes == length;
    return sameLength && etag.equals(its.etag()) && coding.equals(coding(fields));
  }
}
