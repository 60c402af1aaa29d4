package io.landfall.edge.cache;

import io.landfall.cache.Freshness;
import io.landfall.cache.StoredFields;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.ResponseHead;
import io.netty.util.AsciiString;

/**
 * What a newer head of a stored response changes, also where the older one stays somewhere: on
 * disk, or where there is no room for another one.
 */
final class FreshenedHead {
  private FreshenedHead() {}

  /** The fields of a stored response with those of a newer head of it, which came at a date. */
  static FieldLines merged(StoredResponse old, ResponseHead head, AsciiString date) {
    FieldLines merged = new FieldLines(old.head().fields().size() + 4);
    FieldLines update = new FieldLines(head.fields().size() + 1);
    for (int i = 0; i < head.fields().size(); i++) {
      update.add(head.fields().name(i), head.fields().value(i));
    }
    if (!update.has(FieldNames.DATE)) {
      // RFC 9110 section 6.6.1: when it was received.
      update.add(FieldNames.DATE, date);
    }
    StoredFields.freshen(
        old.head().fields(), update, (name, value) -> KeptFields.add(merged, name, value, true));
    return merged;
  }

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
