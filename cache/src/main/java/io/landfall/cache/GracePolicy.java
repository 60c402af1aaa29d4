package io.landfall.cache;

/**
 * For how long stale responses may be used where the origin leaves it open (RFC 9111 section 4.2.4,
 * RFC 5861).
 *
 * @param staleWhileRevalidateSeconds for responses without stale-while-revalidate
 * @param staleIfErrorSeconds for responses without stale-if-error
 * @param permissionBeatsSMaxage whether stale-while-revalidate and stale-if-error count beside
 *     s-maxage, as many origins expect; by RFC 9111 section 5.2.2.10 s-maxage forbids stale use
 */
public record GracePolicy(
    long staleWhileRevalidateSeconds, long staleIfErrorSeconds, boolean permissionBeatsSMaxage) {
  /** Only what the origin allows. */
  public static final GracePolicy NONE = new GracePolicy(0, 0, false);
}
