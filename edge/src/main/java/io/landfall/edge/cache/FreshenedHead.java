package io.landfall.edge.cache;

import io.landfall.cache.Freshness;
import io.landfall.cache.StoredMeta;

/**
 * What a newer head of a stored response changes, where the older one stays somewhere: on disk, or
 * where there is no room for another one.
 */
final class FreshenedHead {
  private FreshenedHead() {}

  /**
   * Whether the newer head forbids a use that the older one allows, or lets a purge hit that the
   * older one does not: then the older one must not be used any more.
   */
  static boolean isStricter(StoredMeta now, StoredMeta before) {
    return now.status() != before.status()
        || !now.tags().equals(before.tags())
        || !now.groups().equals(before.groups())
        || !now.omittedFields().equals(before.omittedFields())
        || !now.vary().equals(before.vary())
        || isStricter(now.freshness(), before.freshness());
  }

  private static boolean isStricter(Freshness now, Freshness before) {
    // Age is in whole seconds: what ends less than one earlier ends at the same time.
    long later = freshUntilMillis(now) - freshUntilMillis(before) + LoopCache.AGE_ROUNDING_MILLIS;
    long ofRevalidation = now.staleWhileRevalidateMillis() - before.staleWhileRevalidateMillis();
    long ofErrors = now.staleIfErrorMillis() - before.staleIfErrorMillis();
    return now.flags() != before.flags()
        || later < 0
        || later + ofRevalidation < 0
        || later + ofErrors < 0;
  }

  private static long freshUntilMillis(Freshness of) {
    return of.responseMillis() + of.lifetimeMillis() - of.initialAgeMillis();
  }
}
