package io.landfall.cache;

/**
 * A final response of an origin as the rules see it.
 *
 * @param status its status code
 * @param fields its fields as received
 * @param bodyBytes the length of its body, or {@link #UNKNOWN} before its end is reached
 */
public record CacheResponse(int status, FieldSection fields, long bodyBytes) {
  /** A length that is not known yet. */
  public static final long UNKNOWN = -1;
}
