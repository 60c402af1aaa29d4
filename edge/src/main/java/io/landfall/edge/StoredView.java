package io.landfall.edge;

import java.util.List;

/**
 * A stored response, for people.
 *
 * @param of the URL that it is stored for
 * @param status its status
 * @param bytes the length of its body
 * @param times how old it is
 * @param state what it may be used for
 * @param varies the request fields that select it, in lower case
 * @param tags what it can be purged by
 * @param place where its body is, and in which further codings it is there
 */
public record StoredView(
    Of of,
    int status,
    long bytes,
    Times times,
    State state,
    List<String> varies,
    List<String> tags,
    Place place) {
  /** Copies the lists. */
  public StoredView {
    varies = List.copyOf(varies);
    tags = List.copyOf(tags);
  }

  /**
   * Where a body is.
   *
   * @param tier {@code memory}, {@code disk}, both with a plus between them, or how many of its
   *     slices are in memory
   * @param variants the codings in which it is there beside
   */
  public record Place(String tier, List<Variant> variants) {
    /** Copies the list. */
    public Place {
      variants = List.copyOf(variants);
    }
  }

  /**
   * A body in a further coding.
   *
   * @param coding as Content-Encoding has it
   * @param bytes its length
   */
  public record Variant(String coding, long bytes) {}

  /**
   * A URL as keys have it.
   *
   * @param scheme http or https
   * @param authority the host, with a port if requests name one
   * @param target path and query, as the origin is asked for it
   */
  public record Of(String scheme, String authority, String target) {}

  /**
   * How old it is, in seconds.
   *
   * @param ageSeconds since the origin gave it or said that it is right
   * @param ttlSeconds for how long it is fresh yet; negative: for how long it has been stale
   */
  public record Times(long ageSeconds, long ttlSeconds) {}

  /** What a stored response may be used for. */
  public enum State {
    /** It answers requests. */
    FRESH,
    /** It has to be validated first, but for grace. */
    STALE,
    /** The same, because of a soft purge. */
    SOFTLY_PURGED,
    /** It is gone for requests, and its memory is given back soon. */
    PURGED
  }
}
