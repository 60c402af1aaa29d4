package io.landfall.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.landfall.cache.BodyVersion;
import io.landfall.cache.FieldSection;
import io.landfall.cache.Slices;
import io.landfall.cache.Validators;

/**
 * What is known of bodies that are fetched by slices: which version there was last, and which keys
 * go past the cache for a while. By the keys' fingerprints, as keys are long, and clients make them
 * up. What falls out is not known any more: a change of version is then seen only where slices do
 * not fit together. Any thread may call.
 */
final class KnownParts {
  /** Keys of which something is known; the oldest ones go. */
  static final int MOST_KEYS = 16_384;

  /** An odd number that spreads selections: 2^64 divided by the golden ratio. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long pastMillis;
  private final Cache<Long, Long> lengths = bounded();
  private final Cache<Long, BodyVersion> versions = bounded();
  private final Cache<Long, Misfit> changes = bounded();
  private final Cache<Long, Long> pastUntil = bounded();

  /**
   * A response broke off since its slices did not fit together.
   *
   * @param ticket what is asked for from then on has this one or a younger one
   * @param untilMillis how long it is remembered
   */
  private record Misfit(long ticket, long untilMillis) {}

  /**
   * Nothing yet.
   *
   * @param seconds how long requests for parts of a key go past the cache
   */
  KnownParts(long seconds) {
    pastMillis = Math.max(1, seconds) * 1000;
  }

  private static <V> Cache<Long, V> bounded() {
    return Caffeine.newBuilder().maximumSize(MOST_KEYS).executor(Runnable::run).build();
  }

  private static Long place(StoredKey key, long selection) {
    return key.fingerprint() ^ selection * GOLDEN;
  }

  /** How long a body was when it was seen last; {@link Slices#UNKNOWN} if it was not. */
  long length(StoredKey key) {
    Long known = lengths.getIfPresent(key.fingerprint());
    return known == null ? Slices.UNKNOWN : known;
  }

  /**
   * The body that a request selects is not as long: it has changed, or that was the length of what
   * another one selects.
   */
  void forgetLength(StoredKey key) {
    // Not all of it: that there are slices decides whether a whole is compared with them.
    lengths.asMap().replace(key.fingerprint(), Slices.UNKNOWN);
  }

  /** Whether slices of it came, as far as that is known, be its length known or not. */
  boolean hasSlices(StoredKey key) {
    return lengths.getIfPresent(key.fingerprint()) != null;
  }

  /**
   * There is nothing behind a position any more.
   *
   * @param selection a hash of what selects it
   * @return whether there was, in the last version with that selection
   */
  boolean isShorter(StoredKey key, long selection, long position) {
    BodyVersion known = versions.getIfPresent(place(key, selection));
    return known != null && position < known.length();
  }

  /**
   * A slice of it came.
   *
   * @param selection a hash of what selected it
   * @return whether it is of another version than the last one with that selection
   */
  boolean came(StoredKey key, long selection, BodyVersion version) {
    lengths.put(key.fingerprint(), version.length());
    BodyVersion before = versions.asMap().put(place(key, selection), version);
    return before != null && !before.equals(version);
  }

  /**
   * All of it came. If it is of another version than the slices, that is forgotten.
   *
   * @param selection a hash of what selected it
   * @param bytes the length of its body; {@link Slices#UNKNOWN} if it gave none
   * @return whether it is
   */
  boolean wholeCame(
      StoredKey key, long selection, Validators its, FieldSection fields, long bytes) {
    BodyVersion before = versions.getIfPresent(place(key, selection));
    boolean other = before != null && !before.isOf(its, fields, bytes);
    if (other) {
      versions.asMap().remove(place(key, selection), before);
    }
    return other;
  }

  /**
   * A response broke off since its slices did not fit together. One change does that to all that
   * have begun; if it happens to one that began behind it, the origin has no version for long
   * enough, and the key goes past the cache.
   *
   * @param ticket that of the version that was sent
   * @param now what is asked for from now on has this ticket or a younger one
   */
  void changed(StoredKey key, long ticket, long now, long nowMillis) {
    changes
        .asMap()
        .compute(
            key.fingerprint(),
            (k, before) -> {
              if (before == null || nowMillis >= before.untilMillis()) {
                return new Misfit(now, nowMillis + pastMillis);
              }
              if (ticket >= before.ticket()) {
                goPast(key, nowMillis);
              }
              return before;
            });
  }

  /** It has no slices that could be stored and joined: for a while its parts go past the cache. */
  void goPast(StoredKey key, long nowMillis) {
    pastUntil.put(key.fingerprint(), nowMillis + pastMillis);
  }

  /** Whether that is so. */
  boolean goesPast(StoredKey key, long nowMillis) {
    Long until = pastUntil.getIfPresent(key.fingerprint());
    return until != null && nowMillis < until;
  }

  /** Forgets all. */
  void clear() {
    lengths.invalidateAll();
    versions.invalidateAll();
    changes.invalidateAll();
    pastUntil.invalidateAll();
  }
}
