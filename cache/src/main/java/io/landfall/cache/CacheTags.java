package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a response can be purged by: Surrogate-Key (tags with blanks between them), Cache-Tag (tags
 * with commas or blanks between them: no tag has a blank) and its groups, Cache-Groups (RFC 9875).
 * Tags are compared byte for byte. A response with more of them than can be kept is not stored: a
 * purge would miss it.
 */
public final class CacheTags {
  /** Tags of one response. */
  public static final int MOST_TAGS = 1024;

  /** Characters of one tag or group. */
  public static final int LONGEST_TAG = 1024;

  /** Groups of one response; RFC 9875 section 2 asks for 32 at the least. */
  public static final int MOST_GROUPS = 128;

  private CacheTags() {}

  /** The tags of a response; empty if there are more, or longer ones, than can be kept. */
  static Optional<List<String>> tags(FieldSection fields) {
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      boolean spaced = CacheFields.is(fields, i, CacheFields.SURROGATE_KEY);
      if (spaced || CacheFields.is(fields, i, CacheFields.CACHE_TAG)) {
        if (!add(fields.value(i), !spaced, tags)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(List.copyOf(tags));
  }

  private static boolean add(CharSequence value, boolean commas, List<String> tags) {
    int at = 0;
    while (at <= value.length()) {
      int end = at;
      while (end < value.length() && !separates(value.charAt(end), commas)) {
        end++;
      }
      if (end > at) {
        if (end - at > LONGEST_TAG || tags.size() == MOST_TAGS) {
          return false;
        }
        tags.add(value.subSequence(at, end).toString());
      }
      at = end + 1;
    }
    return true;
  }

  private static boolean separates(char c, boolean commas) {
    return c == ' ' || c == '\t' || (commas && c == ',');
  }

  /** The groups of a response (RFC 9875 section 2); none if the field is malformed. */
  static Optional<List<String>> groups(FieldSection fields) {
    return bounded(list(fields, CacheFields.CACHE_GROUPS));
  }

  /**
   * The groups that a response invalidates (RFC 9875 section 3): of responses to unsafe methods
   * only, and those of the same origin only.
   */
  public static List<String> invalidatedGroups(CharSequence method, FieldSection response) {
    return Invalidation.isSafe(method)
        ? List.of()
        : list(response, CacheFields.CACHE_GROUP_INVALIDATION);
  }

  private static List<String> list(FieldSection fields, String name) {
    CharSequence value = CacheFields.combined(fields, name);
    return value == null ? List.of() : StructuredFields.strings(value);
  }

  private static Optional<List<String>> bounded(List<String> groups) {
    for (String group : groups) {
      if (group.length() > LONGEST_TAG) {
        return Optional.empty();
      }
    }
    return groups.size() > MOST_GROUPS ? Optional.empty() : Optional.of(List.copyOf(groups));
  }
}
