package io.landfall.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.landfall.cache.ContentRange;
import io.landfall.cache.Slices;
import io.landfall.cache.Validators;
import java.util.concurrent.TimeUnit;

/**
 * What is known of bodies that are fetched by slices: which version there was last, and which keys
 * have none. By the keys' fingerprints, as keys are long, and clients make them up. Any thread may
 * call.
 */
final class KnownParts {
  /** Keys of which something is known; the oldest ones go. */
  static final int MOST_KEYS = 16_384;

  private final Cache<Long, Version> versions =
      Caffeine.newBuilder().maximumSize(MOST_KEYS).executor(Runnable::run).build();
  private final Cache<Long, Boolean> unsliced;

  /**
   * A version of a body.
   *
   * @param selection a hash of what selected it
   * @param etag its strong entity tag
   * @param length how long the whole is
   */
  private record Version(long selection, String etag, long length) {}

  /**
   * Nothing yet.
   *
   * @param seconds how long it is remembered that a key has no slices
   */
  KnownParts(long seconds) {
    unsliced =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterWrite(Math.max(1, seconds), TimeUnit.SECONDS)
            .executor(Runnable::run)
            .build();
  }

  /** How long a body was when it was seen last; {@link Slices#UNKNOWN} if it was not. */
  long length(StoredKey key) {
    Version known = versions.getIfPresent(key.fingerprint());
    return known == null ? Slices.UNKNOWN : known.length();
  }

  /**
   * A slice of it came.
   *
   * @param selection a hash of what selected it
   * @return whether it is of another version than the last one
   */
  boolean came(StoredKey key, long selection, Validators validators, ContentRange part) {
    Version now = new Version(selection, validators.etag(), part.length());
    Version before = versions.asMap().put(key.fingerprint(), now);
    return before != null && before.selection() == selection && !before.equals(now);
  }

  /** It has no slices that could be joined: for a while requests for parts go past the cache. */
  void none(StoredKey key) {
    unsliced.put(key.fingerprint(), Boolean.TRUE);
  }

  /** Whether that is so. */
  boolean hasNone(StoredKey key) {
    return unsliced.getIfPresent(key.fingerprint()) != null;
  }

  /** Forgets all. */
  void clear() {
    versions.invalidateAll();
    unsliced.invalidateAll();
  }
}
