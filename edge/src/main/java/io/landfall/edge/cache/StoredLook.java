package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.Coding;
import io.landfall.cache.Freshness;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.Slices;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.StoredView;
import io.landfall.edge.StoredView.State;
import io.landfall.edge.http.FieldLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of one URL, for people: all its variants in memory, its slices, and the newest
 * response on disk of what is not in memory. On an event loop, whose purges decide what is left of
 * them; what is read from the disk is looked at and let go of.
 */
final class StoredLook {
  /** So many slices of a URL are looked for; those behind them are not counted. */
  static final long MOST_SLICES = 4_096;

  private final LoopCache loop;
  private final ServiceCache service;

  StoredLook(LoopCache loop, ServiceCache service) {
    this.loop = loop;
    this.service = service;
  }

  /** The responses under these URLs, of requests without the fields that the policy names. */
  CompletableFuture<List<StoredView>> of(List<StoredView.Of> urls) {
    List<StoredView> found = new ArrayList<>();
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (StoredView.Of url : urls) {
      CacheRequest request = new CacheRequest("GET", url.target(), new FieldLines(0), false);
      if (loop.keys().make(service.policy().key(), url.scheme(), url.authority(), request)) {
        StoredKey key = StoredKey.of(loop.keys());
        Entry entry = service.tier().get(key);
        for (int i = 0; entry != null && i < entry.size(); i++) {
          found.add(view(url, entry.get(i), place(entry.get(i)), entry.get(i).body().length()));
        }
        slices(url, key, found);
        if (entry == null && service.disk().mayHave(key)) {
          asked.add(onDisk(url, key, found));
        }
      }
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> found);
  }

  /** Looks on disk; what is there is added on this loop. */
  private CompletableFuture<Void> onDisk(StoredView.Of url, StoredKey key, List<StoredView> into) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    service.disk().ask(key, found -> arrived(found, url, into, done));
    return done;
  }

  private void arrived(
      @Nullable OnDisk found,
      StoredView.Of url,
      List<StoredView> into,
      CompletableFuture<Void> done) {
    if (found == null) {
      done.complete(null);
      return;
    }
    StoredResponse response = found.response();
    try {
      loop.executor()
          .execute(
              () -> {
                StoredView.Place place = new StoredView.Place("disk", List.of());
                into.add(view(url, response, place, response.body().length()));
                response.release();
                done.complete(null);
              });
    } catch (RejectedExecutionException e) {
      // The loop has ended, and the node stops.
      response.release();
      done.complete(null);
    }
  }

  /** The slices of it that are in memory, as one. */
  private void slices(StoredView.Of url, StoredKey key, List<StoredView> into) {
    long length = service.slices().bytes() == 0 ? 0 : service.parts().length(key);
    if (length == Slices.UNKNOWN || length == 0) {
      return;
    }
    long all = service.slices().number(length - 1) + 1;
    long here = 0;
    long bytes = 0;
    StoredResponse first = null;
    for (long i = 0; i < Math.min(all, MOST_SLICES); i++) {
      Entry entry = service.tier().get(key.ofSlice(i));
      if (entry != null) {
        first = first == null ? entry.get(0) : first;
        here++;
        bytes += entry.get(0).body().length();
      }
    }
    if (first != null) {
      String tier = "slices " + here + "/" + all;
      into.add(view(url, first, new StoredView.Place(tier, List.of()), bytes));
    }
  }

  private static StoredView.Place place(StoredResponse stored) {
    Body body = stored.body();
    String tier = body.isOnDiskToo() ? "memory+disk" : "memory";
    List<StoredView.Variant> variants = new ArrayList<>();
    for (Coding each : Coding.ALL) {
      Body made = body.codings().made(each);
      if (made != null) {
        variants.add(new StoredView.Variant(each.token(), made.length()));
      }
    }
    return new StoredView.Place(body.onDisk() == null ? tier : "disk", variants);
  }

  private StoredView view(
      StoredView.Of url, StoredResponse stored, StoredView.Place place, long bytes) {
    StoredMeta meta = stored.meta();
    Freshness freshness = meta.freshness();
    long nowMillis = loop.shared().nowMillis();
    return new StoredView(
        url,
        meta.status(),
        bytes,
        new StoredView.Times(freshness.ageSeconds(nowMillis), freshness.ttlSeconds(nowMillis)),
        state(stored, nowMillis),
        meta.vary().names(),
        meta.tags(),
        place);
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
