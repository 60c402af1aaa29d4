package io.landfall.cache;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Requests, responses and times of tests; received at {@link #NOW}, in no time, unless told. */
final class Exchanges {
  /** Sun, 06 Nov 1994 08:49:37 GMT. */
  static final long NOW = 784_111_777_000L;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  static final FetchTimes TIMES = new FetchTimes(NOW, NOW, NOW);

  private Exchanges() {}

  /** A date some seconds from {@link #NOW}. */
  static String date(long seconds) {
    return DATE.format(Instant.ofEpochMilli(NOW + seconds * 1000));
  }

  static CacheRequest get(String... lines) {
    return request("GET", lines);
  }

  static CacheRequest request(String method, String... lines) {
    return new CacheRequest(method, "/a", Lines.of(lines), false);
  }

  static CacheResponse ok(String... lines) {
    return response(200, lines);
  }

  static CacheResponse response(int status, String... lines) {
    return new CacheResponse(status, Lines.of(lines), CacheResponse.UNKNOWN);
  }

  static StoreDecision store(CacheRequest request, CacheResponse response, CachePolicy policy) {
    return StoreRule.decide(request, response, TIMES, policy);
  }

  /** What is kept of a response to a plain GET; it must be stored. */
  static StoredMeta stored(String... lines) {
    return stored(get(), ok(lines), CachePolicy.DEFAULT);
  }

  static StoredMeta stored(CacheRequest request, CacheResponse response, CachePolicy policy) {
    return switch (store(request, response, policy)) {
      case StoreDecision.Store(StoredMeta meta) -> meta;
      case StoreDecision.DoNotStore(StoreRefusal reason) ->
          throw new AssertionError("not stored: " + reason);
    };
  }

  /** Why a response to a plain GET is not stored; it must not be. */
  static StoreRefusal refused(String... lines) {
    return refused(get(), ok(lines));
  }

  static StoreRefusal refused(CacheRequest request, CacheResponse response) {
    return refused(request, response, CachePolicy.DEFAULT);
  }

  static StoreRefusal refused(CacheRequest request, CacheResponse response, CachePolicy policy) {
    return switch (store(request, response, policy)) {
      case StoreDecision.DoNotStore(StoreRefusal reason) -> reason;
      case StoreDecision.Store(StoredMeta meta) -> throw new AssertionError("stored: " + meta);
    };
  }

  /** How a response is used so many seconds after it was received. */
  static Reuse reuse(StoredMeta meta, long seconds, String... requestLines) {
    RequestDirectives directives = RequestDirectives.of(Lines.of(requestLines));
    return Reuse.decide(meta.freshness(), directives, false, NOW + seconds * 1000);
  }
}
