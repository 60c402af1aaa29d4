package io.landfall.cache;

/**
 * The fields of variants that are made of a stored response. Their entity tag is the weak form of
 * its own (RFC 9110 section 8.8.3.3): a client that has any variant learns by it that what it has
 * is right, and no part of one is ever joined with a part of another.
 */
public final class CodedFields {
  private CodedFields() {}

  /**
   * Writes the fields of a variant: Content-Encoding, a weak tag, and none of the fields that tell
   * of the bytes as they were received.
   *
   * @param stored the fields of the response as it is stored
   */
  public static void write(FieldSection stored, Coding coding, FieldSink out) {
    boolean tagged = CacheFields.has(stored, CacheFields.ETAG);
    for (int i = 0; i < stored.size(); i++) {
      CharSequence name = stored.name(i);
      if (AsciiText.same(name, CacheFields.ETAG)) {
        out.add(name, weak(stored.value(i)));
      } else if (!isOfTheBytes(name, tagged)) {
        out.add(name, stored.value(i));
      }
    }
    out.add(CacheFields.CONTENT_ENCODING, coding.token());
  }

  /**
   * Whether a field is about the very bytes of the body. Without a tag Last-Modified is: a client
   * could ask for the rest of a variant by it, and get that of another one.
   */
  private static boolean isOfTheBytes(CharSequence name, boolean tagged) {
    return AsciiText.same(name, CacheFields.CONTENT_LENGTH)
        || AsciiText.same(name, "accept-ranges")
        || AsciiText.same(name, "content-md5")
        || AsciiText.same(name, "content-digest")
        || AsciiText.same(name, "repr-digest")
        || AsciiText.same(name, "digest")
        || (!tagged && AsciiText.same(name, CacheFields.LAST_MODIFIED));
  }

  /** The weak form of an entity tag. */
  public static CharSequence weak(CharSequence tag) {
    return EntityTags.isWeak(tag) ? tag : "W/" + tag;
  }

  /**
   * Whether the 304 to a request has the tag as it was received: only if the request names that,
   * and not its weak form. The client may have a variant, and keeps the tag that the 304 has.
   *
   * @param tag the tag of what is stored
   */
  public static boolean isTagKept(CacheRequest request, CharSequence tag) {
    boolean kept = false;
    for (int i = 0; i < request.fields().size(); i++) {
      if (CacheFields.is(request.fields(), i, CacheFields.IF_NONE_MATCH)) {
        CharSequence line = request.fields().value(i);
        ListMembers members = new ListMembers(line);
        while (members.next()) {
          CharSequence each = line.subSequence(members.from(), members.to());
          if (EntityTags.isWeak(each) && EntityTags.weakMatch(each, tag)) {
            return false;
          }
          kept |= EntityTags.strongMatch(each, tag);
        }
      }
    }
    return kept;
  }

  /** Whether Vary has to be added, to say that Accept-Encoding selects a variant. */
  public static boolean needsVary(StoredMeta meta) {
    return !meta.vary().names().contains(CacheFields.ACCEPT_ENCODING);
  }
}
