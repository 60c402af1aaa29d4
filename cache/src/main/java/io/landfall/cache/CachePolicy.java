package io.landfall.cache;

import java.util.List;

/**
 * What an operator decides of a service's cache; what is not decided is as the RFCs have it.
 *
 * @param ttl how long responses are fresh where the origin leaves it open, and the bounds
 * @param grace for how long stale responses may be used where the origin leaves it open
 * @param key what of a request makes another response
 * @param methods the methods whose responses may be stored, in capitals: GET and HEAD, and POST for
 *     those that RFC 9110 section 9.3.3 makes an answer to GET
 * @param bypassCookies names of cookies whose requests neither use nor fill the cache
 * @param admission what is stored where the RFCs leave it open
 * @param honoursClientNoCache whether what a client demands (no-cache, max-age, min-fresh, and
 *     Pragma) leads to validation, as RFC 9111 section 5.2.1 has it; else only its no-store,
 *     max-stale and only-if-cached count, and no client can send load to the origin
 * @param sliceBytes a part that is asked for, and not stored, is fetched by slices of so many
 *     bytes; 0 if it goes past the cache
 */
public record CachePolicy(
    TtlPolicy ttl,
    GracePolicy grace,
    KeyPolicy key,
    List<String> methods,
    List<String> bypassCookies,
    Admission admission,
    boolean honoursClientNoCache,
    long sliceBytes) {
  /**
   * What is stored where the RFCs leave it open.
   *
   * @param maxObjectBytes larger bodies are not stored
   * @param setCookie whether a response with Set-Cookie may be stored, if it says that it may be
   *     (RFC 9111 section 7.3)
   * @param clientErrors whether errors may be stored that can come from fields of the one request
   *     which no key has, such as 400 or 403, if they say for how long
   * @param compression what is stored in further codings beside
   */
  public record Admission(
      long maxObjectBytes, boolean setCookie, boolean clientErrors, CompressionPolicy compression) {
    /** One without further codings. */
    public Admission(long maxObjectBytes, boolean setCookie, boolean clientErrors) {
      this(maxObjectBytes, setCookie, clientErrors, CompressionPolicy.NONE);
    }
  }

  /** The size of a slice unless the operator says otherwise: 1 MiB. */
  public static final long DEFAULT_SLICE_BYTES = 1L << 20;

  /** The largest body that is stored unless the operator says otherwise: 64 MiB. */
  public static final long DEFAULT_MAX_OBJECT_BYTES = 64L << 20;

  /** What the RFCs have, and no more; without Set-Cookie, which few origins mean for all. */
  public static final CachePolicy DEFAULT =
      new CachePolicy(
          TtlPolicy.DEFAULT,
          GracePolicy.NONE,
          KeyPolicy.DEFAULT,
          List.of("GET", "HEAD"),
          List.of(),
          new Admission(DEFAULT_MAX_OBJECT_BYTES, false, false),
          true,
          DEFAULT_SLICE_BYTES);

  /** Copies its lists. */
  public CachePolicy {
    methods = List.copyOf(methods);
    bypassCookies = List.copyOf(bypassCookies);
  }

  /** This with other times. */
  public CachePolicy withTtl(TtlPolicy other) {
    return new CachePolicy(
        other, grace, key, methods, bypassCookies, admission, honoursClientNoCache, sliceBytes);
  }

  /** This with other grace. */
  public CachePolicy withGrace(GracePolicy other) {
    return new CachePolicy(
        ttl, other, key, methods, bypassCookies, admission, honoursClientNoCache, sliceBytes);
  }

  /** This with another key. */
  public CachePolicy withKey(KeyPolicy other) {
    return new CachePolicy(
        ttl, grace, other, methods, bypassCookies, admission, honoursClientNoCache, sliceBytes);
  }

  private CachePolicy withAdmission(Admission other) {
    return new CachePolicy(
        ttl, grace, key, methods, bypassCookies, other, honoursClientNoCache, sliceBytes);
  }

  /** This with other variants in further codings. */
  public CachePolicy withCompression(CompressionPolicy other) {
    return withAdmission(
        new Admission(maxObjectBytes(), storesSetCookie(), storesClientErrors(), other));
  }

  /** This with another rule for Set-Cookie. */
  public CachePolicy withSetCookie(boolean stores) {
    return withAdmission(
        new Admission(maxObjectBytes(), stores, storesClientErrors(), compression()));
  }

  /** This with another rule for errors of clients. */
  public CachePolicy withClientErrors(boolean stores) {
    return withAdmission(new Admission(maxObjectBytes(), storesSetCookie(), stores, compression()));
  }

  /** This with slices of another size; 0 for none. */
  public CachePolicy withSliceBytes(long bytes) {
    return new CachePolicy(
        ttl, grace, key, methods, bypassCookies, admission, honoursClientNoCache, bytes);
  }

  /** What is stored in further codings beside. */
  public CompressionPolicy compression() {
    return admission.compression();
  }

  /** Larger bodies are not stored. */
  public long maxObjectBytes() {
    return admission.maxObjectBytes();
  }

  /** Whether a response with Set-Cookie may be stored, if it says that it may be. */
  public boolean storesSetCookie() {
    return admission.setCookie();
  }

  /** Whether errors may be stored that can come from the one request, if they give a time. */
  public boolean storesClientErrors() {
    return admission.clientErrors();
  }

  /** This with other methods, in capitals. */
  public CachePolicy withMethods(List<String> other) {
    return new CachePolicy(
        ttl, grace, key, other, bypassCookies, admission, honoursClientNoCache, sliceBytes);
  }

  /** Whether responses to POST may be stored, as answers to GET. */
  public boolean storesPost() {
    return hasMethod("POST");
  }

  boolean hasMethod(CharSequence method) {
    for (String each : methods) {
      if (AsciiText.same(each, method)) {
        return true;
      }
    }
    return false;
  }
}
