package io.landfall.edge.cache;

import io.landfall.cache.CacheStatus;
import io.landfall.cache.StoreRefusal;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.ResponseHead;
import io.netty.util.AsciiString;

/** What Cache-Status (RFC 9211) has of a response that was fetched for a request. */
final class FetchStatus {
  /** Beside the received ones: Cache-Status, Via, Proxy-Status, and what may be missing. */
  private static final int MORE_FIELDS = 5;

  private FetchStatus() {}

  /**
   * Of one that is stored, or could be.
   *
   * @param leads whether it was fetched for this very request
   */
  static String of(Lookup lookup, FillSource source, boolean leads, long ttlSeconds) {
    CacheStatus.Forwarded what = CacheStatus.Forwarded.because(lookup.why());
    what = source.status() == 0 ? what : what.answered(source.status());
    what = source.stored() ? what.storedFor(ttlSeconds) : what;
    what = leads ? what : what.collapsedOnto();
    return lookup.cache().status().forwarded(what);
  }

  /** The head of one that is not stored, with that. */
  static ResponseHead passed(Lookup lookup, ResponseHead head, StoreRefusal why) {
    CacheStatus.Forwarded what =
        CacheStatus.Forwarded.because(lookup.why()).answered(head.status()).notStored(why);
    FieldLines fields = new FieldLines(head.fields().size() + MORE_FIELDS);
    for (int i = 0; i < head.fields().size(); i++) {
      fields.add(head.fields().name(i), head.fields().value(i));
    }
    fields.add(FieldNames.CACHE_STATUS, AsciiString.of(lookup.cache().status().forwarded(what)));
    return new ResponseHead(
        head.status(), fields, head.framing(), head.version11(), head.reusable());
  }
}
