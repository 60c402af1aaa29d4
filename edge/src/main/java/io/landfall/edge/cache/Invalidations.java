package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheResponse;
import io.landfall.cache.CacheTags;
import io.landfall.cache.Invalidation;
import io.landfall.cache.Purge;
import io.landfall.edge.RequestPath;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import java.util.Locale;

/**
 * Drops what a response to an unsafe method makes invalid (RFC 9111 section 4.4, RFC 9875 section
 * 3), by its key and without a mark of a purge: a client that changes many URLs does not use up the
 * memory of purges, and takes nothing but what its URLs name. Marks are left by groups alone, which
 * the origin names; what cannot be looked up is in {@link InvalidatedUrls}, of a fixed size.
 */
final class Invalidations {
  private Invalidations() {}

  /**
   * A request that went to a backend or a node by itself was answered.
   *
   * @param replaced the place in {@link InvalidatedUrls} where the response itself is valid, and
   *     all before is not; {@link InvalidatedUrls#NOWHERE} if there is none
   */
  static void answered(Lookup lookup, ResponseHead head, int replaced) {
    CacheRequest request = lookup.request();
    if (Invalidation.isSafe(request.method())) {
      return;
    }
    RequestHead asked = lookup.arrived().asReached();
    CacheResponse response = new CacheResponse(head.status(), head.fields(), CacheResponse.UNKNOWN);
    for (String target :
        Invalidation.targets(asked.scheme(), asked.authority(), request, response)) {
      invalidate(lookup, target, replaced);
    }
    String authority = authority(asked);
    for (String group : CacheTags.invalidatedGroups(request.method(), head.fields())) {
      lookup.cache().purge(new Purge.OfGroup(asked.scheme().toString(), authority, group), false);
    }
  }

  private static void invalidate(Lookup lookup, String named, int replaced) {
    RequestHead asked = lookup.arrived().asReached();
    CachePolicy policy = lookup.service().policy();
    String target = policy.key().query().apply(RequestPath.forRouting(named));
    CacheRequest get = new CacheRequest("GET", target, asked.fields(), false);
    if (!lookup.loop().keys().make(policy.key(), asked.scheme(), asked.authority(), get)) {
      return;
    }
    StoredKey key = StoredKey.of(lookup.loop().keys());
    if (!policy.key().fields().isEmpty() || policy.sliceBytes() > 0 || policy.storesPost()) {
      // What other values of keyed fields have stored, slices, and responses to POST on their way
      // cannot be looked up.
      long mark = lookup.cache().marks().ofUrl(authority(asked), target);
      int place = InvalidatedUrls.place(mark);
      if (place != replaced) {
        lookup.cache().invalidated().invalidate(place);
      }
    }
    // In this order: what ends meanwhile, a fetch, a read of the disk or the response to a POST,
    // sees it, or what it put into memory is dropped.
    lookup.cache().fills().makeOutdated(key);
    lookup.service().disk().forget(key);
    lookup.service().tier().drop(key);
  }

  private static String authority(RequestHead request) {
    return request.authority().toString().toLowerCase(Locale.ROOT);
  }
}
