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

  /** A request that went to a backend or a node by itself was answered. */
  static void answered(Lookup lookup, ResponseHead head) {
    CacheRequest request = lookup.request();
    if (Invalidation.isSafe(request.method())) {
      return;
    }
    RequestHead asked = lookup.arrived().asReached();
    CacheResponse response = new CacheResponse(head.status(), head.fields(), CacheResponse.UNKNOWN);
    for (String target :
        Invalidation.targets(asked.scheme(), asked.authority(), request, response)) {
      invalidate(lookup, target);
    }
    String authority = authority(asked);
    for (String group : CacheTags.invalidatedGroups(request.method(), head.fields())) {
      lookup.cache().purge(new Purge.OfGroup(asked.scheme().toString(), authority, group), false);
    }
  }

  private static void invalidate(Lookup lookup, String named) {
    RequestHead asked = lookup.arrived().asReached();
    CachePolicy policy = lookup.service().policy();
    String target = policy.key().query().apply(RequestPath.forRouting(named));
    CacheRequest get = new CacheRequest("GET", target, asked.fields(), false);
    if (!lookup.loop().keys().make(policy.key(), asked.scheme(), asked.authority(), get)) {
      return;
    }
    StoredKey key = StoredKey.of(lookup.loop().keys());
    // In this order: a fetch or a read of the disk that ends meanwhile sees it, or what it put into
    // memory is dropped.
    lookup.cache().fills().makeOutdated(key);
    lookup.service().disk().forget(key);
    lookup.service().tier().drop(key);
    if (!policy.key().fields().isEmpty() || policy.sliceBytes() > 0) {
      // What other values of keyed fields have stored, and slices, cannot be looked up.
      long mark = lookup.cache().marks().ofUrl(authority(asked), target);
      lookup.cache().invalidated().invalidate(InvalidatedUrls.place(mark));
    }
  }

  private static String authority(RequestHead request) {
    return request.authority().toString().toLowerCase(Locale.ROOT);
  }
}
