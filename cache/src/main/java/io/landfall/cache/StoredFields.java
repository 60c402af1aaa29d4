package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;

/** Which fields of a response are stored (RFC 9111 section 3.1), and which go where. */
public final class StoredFields {
  private StoredFields() {}

  /**
   * Writes the fields of a response that are stored: without those of one connection, the ones that
   * Connection names, the ones that no-cache and private name, and Age, which is made anew from
   * {@link Freshness#ageSeconds}.
   */
  public static void write(FieldSection response, StoredMeta meta, FieldSink stored) {
    List<String> nominated = nominated(response);
    for (int i = 0; i < response.size(); i++) {
      CharSequence name = response.name(i);
      if (!isHopByHop(name)
          && !AsciiText.same(name, CacheFields.AGE)
          && !isIn(nominated, name)
          && !isIn(meta.omittedFields(), name)) {
        stored.add(name, response.value(i));
      }
    }
  }

  /**
   * Writes the fields of a response that no-cache and private name: they are not stored, and only
   * the request that the response was fetched for gets them (sections 5.2.2.4 and 5.2.2.7).
   */
  public static void writeOmitted(FieldSection response, StoredMeta meta, FieldSink out) {
    if (meta.omittedFields().isEmpty()) {
      return;
    }
    List<String> nominated = nominated(response);
    for (int i = 0; i < response.size(); i++) {
      CharSequence name = response.name(i);
      if (isIn(meta.omittedFields(), name)
          && !isHopByHop(name)
          && !isIn(nominated, name)
          && !isForCachesOnly(name)
          && !AsciiText.same(name, CacheFields.AGE)
          && !AsciiText.same(name, CacheFields.CONTENT_LENGTH)) {
        out.add(name, response.value(i));
      }
    }
  }

  /**
   * Writes the fields of a stored response after a 304, or after a HEAD that freshens it (section
   * 3.2): each field that the new response has replaces the stored one, but those that belong to
   * the stored body. The result is judged anew by {@link StoreRule}.
   */
  public static void freshen(FieldSection stored, FieldSection update, FieldSink merged) {
    List<String> nominated = nominated(update);
    for (int i = 0; i < stored.size(); i++) {
      CharSequence name = stored.name(i);
      boolean replaced = isReplaceable(name, nominated) && has(update, name);
      if (!replaced && !AsciiText.same(name, CacheFields.AGE)) {
        merged.add(name, stored.value(i));
      }
    }
    boolean hasTag = CacheFields.has(stored, CacheFields.ETAG);
    for (int i = 0; i < update.size(); i++) {
      CharSequence name = update.name(i);
      boolean newTag = !hasTag && AsciiText.same(name, CacheFields.ETAG);
      if (newTag || isReplaceable(name, nominated)) {
        merged.add(name, update.value(i));
      }
    }
  }

  private static boolean isReplaceable(CharSequence name, List<String> nominated) {
    return !isOfTheBody(name) && !isHopByHop(name) && !isIn(nominated, name);
  }

  private static boolean has(FieldSection fields, CharSequence name) {
    for (int i = 0; i < fields.size(); i++) {
      if (AsciiText.same(fields.name(i), name)) {
        return true;
      }
    }
    return false;
  }

  /** What the stored body was received with, and stays with. */
  private static boolean isOfTheBody(CharSequence name) {
    return AsciiText.same(name, CacheFields.CONTENT_LENGTH)
        || AsciiText.same(name, CacheFields.CONTENT_ENCODING)
        || AsciiText.same(name, CacheFields.ETAG)
        || isOfContent(name)
        || AsciiText.same(name, "repr-digest");
  }

  /**
   * Whether a field is about the very bytes that it was sent with, and not the whole: which part
   * they are, and what proves them (RFC 9530 section 2). It is false beside another part, and
   * beside parts that are joined.
   */
  public static boolean isOfContent(CharSequence name) {
    return AsciiText.same(name, CacheFields.CONTENT_RANGE)
        || AsciiText.same(name, "content-digest")
        || AsciiText.same(name, "content-md5");
  }

  /** Whether a field is of one connection (RFC 9110 section 7.6.1, RFC 9111 section 3.1). */
  static boolean isHopByHop(CharSequence name) {
    return switch (name.length()) {
      case 2 -> AsciiText.same(name, "te");
      case 7 -> AsciiText.same(name, "trailer") || AsciiText.same(name, "upgrade");
      case 10 -> AsciiText.same(name, "connection") || AsciiText.same(name, "keep-alive");
      case 16 -> AsciiText.same(name, "proxy-connection");
      case 17 -> AsciiText.same(name, "transfer-encoding");
      case 18 -> AsciiText.same(name, "proxy-authenticate");
      case 19 -> AsciiText.same(name, "proxy-authorization");
      case 25 -> AsciiText.same(name, "proxy-authentication-info");
      default -> false;
    };
  }

  private static List<String> nominated(FieldSection fields) {
    if (!CacheFields.has(fields, CacheFields.CONNECTION)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (CacheFields.is(fields, i, CacheFields.CONNECTION)) {
        ListMembers members = new ListMembers(fields.value(i));
        while (members.next()) {
          names.add(members.member());
        }
      }
    }
    return List.copyOf(names);
  }

  private static boolean isIn(List<String> names, CharSequence name) {
    for (int i = 0; i < names.size(); i++) {
      if (AsciiText.sameIgnoringCase(names.get(i), name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a stored field goes into a 304 (RFC 9110 section 15.4.5): no metadata of a body. */
  public static boolean isInNotModified(CharSequence name) {
    boolean contentField = AsciiText.startsWith(name, "content-");
    return !contentField || AsciiText.same(name, CacheFields.CONTENT_LOCATION);
  }

  /** Whether a field is said to caches of this CDN and not to clients. */
  public static boolean isForCachesOnly(CharSequence name) {
    return AsciiText.same(name, CacheFields.LANDFALL_CACHE_CONTROL)
        || AsciiText.same(name, CacheFields.SURROGATE_KEY)
        || AsciiText.same(name, CacheFields.CACHE_TAG);
  }
}
