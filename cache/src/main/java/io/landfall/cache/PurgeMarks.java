package io.landfall.cache;

import io.landfall.core.InvariantBroken;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a stored response can be purged by, as numbers of 64 bits: made once when it is stored, and
 * compared by {@link PurgeEpochs}. Two things that share a number by chance would be purged
 * together, which is safe.
 */
public final class PurgeMarks {
  /**
   * Segments of a path by which it can be purged; what lies deeper is purged by these or others.
   */
  public static final int MOST_SEGMENTS = 32;

  /** The mark of {@link Purge.Everything}, which no response needs to have. */
  public static final long EVERYTHING = 0;

  private final SipHash hash;

  /** Marks under a secret: the same one as long as responses are kept. */
  public PurgeMarks(SipHash hash) {
    this.hash = hash;
  }

  /**
   * Where a response belongs.
   *
   * @param service the service's name
   * @param scheme the scheme of its URL
   * @param authority the host, in lower case
   * @param target path and query as they are keyed
   */
  public record Place(String service, String scheme, String authority, String target) {}

  /** The marks of a response: service, host, URL, the paths above it, its tags, its groups. */
  public long[] of(Place place, List<String> tags, List<String> groups) {
    String path = path(place.target());
    int segments = Math.min(MOST_SEGMENTS, segments(path));
    long[] marks = new long[3 + segments + tags.size() + groups.size()];
    int at = 0;
    marks[at++] = mark(new Purge.OfService(place.service()));
    marks[at++] = mark(new Purge.OfHost(place.authority()));
    marks[at++] = mark(new Purge.OfUrl(place.authority(), place.target()));
    int end = 0;
    for (int i = 0; i < segments; i++) {
      int slash = path.indexOf('/', end + 1);
      end = slash < 0 ? path.length() : slash;
      marks[at++] = mark(new Purge.OfPrefix(place.authority(), path.substring(0, end)));
    }
    for (String tag : tags) {
      marks[at++] = mark(new Purge.OfTag(place.service(), tag));
    }
    for (String group : groups) {
      marks[at++] = mark(new Purge.OfGroup(place.scheme(), place.authority(), group));
    }
    return marks;
  }

  /** The mark of one URL. */
  public long ofUrl(String authority, String target) {
    return mark(new Purge.OfUrl(authority, target));
  }

  /** Whether a prefix has few enough segments to be purged. */
  public static boolean isPrefix(String path) {
    return path.startsWith("/") && segments(path(path)) <= MOST_SEGMENTS;
  }

  /** The mark that a purge is about. */
  public long mark(Purge purge) {
    return switch (purge) {
      case Purge.Everything() -> EVERYTHING;
      case Purge.OfService(String service) -> mark("s", service, "");
      case Purge.OfHost(String authority) -> mark("h", authority, "");
      case Purge.OfUrl(String authority, String target) -> mark("u", authority, target);
      case Purge.OfTag(String service, String tag) -> mark("t", service, tag);
      case Purge.OfGroup(String scheme, String authority, String group) ->
          mark("g", scheme + "://" + authority, group);
      case Purge.OfPrefix(String authority, String path) -> {
        String stem = path(path);
        if (segments(stem) > MOST_SEGMENTS) {
          throw new InvariantBroken("a prefix that is purged has few segments");
        }
        yield stem.isEmpty() ? mark("h", authority, "") : mark("p", authority, stem);
      }
    };
  }

  /** A path without query and slashes at its end. */
  private static String path(String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    while (end > 0 && target.charAt(end - 1) == '/') {
      end--;
    }
    return target.substring(0, end);
  }

  private static int segments(String path) {
    int slashes = 0;
    for (int i = 0; i < path.length(); i++) {
      slashes += path.charAt(i) == '/' ? 1 : 0;
    }
    return slashes;
  }

  /** Never {@link #EVERYTHING}, and never the number that stands for none in the table. */
  private long mark(String kind, String scope, String name) {
    byte[] bytes = (kind + scope + '\0' + name).getBytes(StandardCharsets.ISO_8859_1);
    long mark = hash.hash(bytes, 0, bytes.length);
    return mark == EVERYTHING ? 1 : mark;
  }
}
