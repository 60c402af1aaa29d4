package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.Freshness;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.StoredView;
import io.landfall.edge.StoredView.State;
import io.landfall.edge.http.FieldLines;
import java.util.ArrayList;
import java.util.List;

/**
 * What is stored of one URL, for people: all its variants. On an event loop, whose purges decide
 * what is left of them; nothing is held, and no request is slower for it.
 */
final class StoredLook {
  private final LoopCache loop;
  private final ServiceCache service;

  StoredLook(LoopCache loop, ServiceCache service) {
    this.loop = loop;
    this.service = service;
  }

  /** The responses under these URLs, of requests without the fields that the policy names. */
  List<StoredView> of(List<StoredView.Of> urls) {
    List<StoredView> found = new ArrayList<>();
    for (StoredView.Of url : urls) {
      CacheRequest request = new CacheRequest("GET", url.target(), new FieldLines(0), false);
      boolean keyed =
          loop.keys().make(service.policy().key(), url.scheme(), url.authority(), request);
      Entry entry = keyed ? service.tier().get(StoredKey.of(loop.keys())) : null;
      for (int i = 0; entry != null && i < entry.size(); i++) {
        found.add(view(url, entry.get(i)));
      }
    }
    return found;
  }

  private StoredView view(StoredView.Of url, StoredResponse stored) {
    StoredMeta meta = stored.meta();
    Freshness freshness = meta.freshness();
    long nowMillis = loop.shared().nowMillis();
    return new StoredView(
        url,
        meta.status(),
        stored.body().length(),
        new StoredView.Times(freshness.ageSeconds(nowMillis), freshness.ttlSeconds(nowMillis)),
        state(stored, nowMillis),
        meta.vary().names(),
        meta.tags(),
        "memory");
  }

  private State state(StoredResponse stored, long nowMillis) {
    InvalidatedUrls invalidated = loop.shared().invalidated();
    PurgeVerdict verdict =
        invalidated.isValid(stored.ties().place(), stored.ties().ticket())
            ? loop.epochs().check(stored.marks(), stored.validAtEpoch())
            : PurgeVerdict.PURGED;
    return switch (verdict) {
      case PURGED -> State.PURGED;
      case SOFTLY_PURGED -> State.SOFTLY_PURGED;
      case VALID -> {
        Freshness freshness = stored.meta().freshness();
        boolean fresh = freshness.isFresh(nowMillis) && !freshness.isValidatedAlways();
        yield fresh ? State.FRESH : State.STALE;
      }
    };
  }
}
