package io.landfall.edge.cache;

import io.landfall.cache.BodyVersion;
import io.landfall.cache.ContentRange;
import io.landfall.cache.Forwarding;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.RangeAnswer;
import io.landfall.cache.Reuse;
import io.landfall.cache.Slices;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What slices are stored of what a request asks for, and how those that are missing are fetched. On
 * the event loop of the request.
 */
final class SlicePlan {
  /** If more slices are asked for, it is not looked beforehand whether all are stored. */
  static final int MOST_LOOKED_UP = 64;

  private final Lookup lookup;
  private final ServiceCache service;
  private final StoredKey key;
  private final Slices slices;
  private final long first;
  private Stored known = Stored.NOTHING;

  /**
   * What is stored.
   *
   * @param some whether the first slice is
   * @param all whether all are
   * @param ageSeconds how old the oldest of those is
   * @param ttlSeconds for how long all are fresh
   */
  record Stored(boolean some, boolean all, long ageSeconds, long ttlSeconds) {
    static final Stored NOTHING = new Stored(false, false, 0, Long.MAX_VALUE);

    /** These and one more. */
    Stored with(StoredResponse slice, long nowMillis) {
      return new Stored(
          true,
          false,
          Math.max(ageSeconds, slice.meta().freshness().ageSeconds(nowMillis)),
          Math.min(ttlSeconds, slice.meta().freshness().ttlSeconds(nowMillis)));
    }
  }

  private SlicePlan(Lookup lookup, StoredKey key, long first) {
    this.lookup = lookup;
    this.service = lookup.service();
    this.key = key;
    this.slices = service.slices();
    this.first = first;
  }

  /** How a request is answered by slices; null if it is not. */
  static @Nullable SlicePlan of(Lookup lookup, StoredKey key) {
    ServiceCache service = lookup.service();
    if (service.slices().bytes() == 0
        || !Slices.mayAnswer(lookup.request(), lookup.directives())
        || service.parts().goesPast(key, lookup.cache().nowMillis())) {
      return null;
    }
    long length = service.parts().length(key);
    SlicePlan plan = new SlicePlan(lookup, key, service.slices().first(lookup.request(), length));
    plan.look();
    return plan;
  }

  private void look() {
    StoredResponse slice = usable(first);
    if (slice == null) {
      return;
    }
    known = lookAt(slice);
    slice.release();
  }

  private Stored lookAt(StoredResponse slice) {
    long nowMillis = lookup.cache().nowMillis();
    Stored all = Stored.NOTHING.with(slice, nowMillis);
    Optional<BodyVersion> version = version(slice);
    int looked = 0;
    for (StoredAnswer.Part part : parts(slice)) {
      long end = Math.max(part.to(), part.from() + 1);
      for (long at = slices.number(part.from()); slices.start(at) < end; at++) {
        looked++;
        StoredResponse other = looked > MOST_LOOKED_UP ? null : usable(at);
        if (other == null) {
          return all;
        }
        boolean joined = version(other).equals(version);
        all = all.with(other, nowMillis);
        other.release();
        if (!joined) {
          return all;
        }
      }
    }
    return new Stored(true, true, all.ageSeconds(), all.ttlSeconds());
  }

  /** What of the body a request gets, by one of its slices. */
  private List<StoredAnswer.Part> parts(StoredResponse slice) {
    long length = length(slice);
    RangeAnswer answer =
        RangeAnswer.decide(lookup.request(), slice.meta(), length, lookup.cache().wallMillis());
    return switch (answer) {
      case RangeAnswer.Whole _ -> List.of(StoredAnswer.Part.of(0, length));
      case RangeAnswer.Unsatisfiable _ -> List.of();
      case RangeAnswer.Parts parts ->
          parts.ranges().stream()
              .map(range -> StoredAnswer.Part.of(range.first(), range.last() + 1))
              .toList();
    };
  }

  /** The length of the whole that a slice is of. */
  static long length(StoredResponse slice) {
    return slice.part() == null ? slice.body().length() : slice.part().length();
  }

  /** Which version of the whole a slice is of; of none if it is no slice. */
  static Optional<BodyVersion> version(StoredResponse slice) {
    ContentRange part = slice.part();
    return part == null
        ? Optional.empty()
        : BodyVersion.of(slice.meta().validators(), slice.head().fields(), part.length());
  }

  Stored known() {
    return known;
  }

  Slices slices() {
    return slices;
  }

  /** The slice that is looked up or fetched first. */
  long first() {
    return first;
  }

  /** Why the request goes to the origin, if it does. */
  Forwarding why(Forwarding otherwise) {
    return known.some() ? Forwarding.PARTIAL : otherwise;
  }

  /**
   * A stored slice that may be used for the request, held for the caller; null if there is none.
   */
  @Nullable StoredResponse usable(long number) {
    StoredResponse found = stored(number);
    if (found == null) {
      return null;
    }
    if (!reuse(found).answers()) {
      found.release();
      return null;
    }
    return found;
  }

  private Reuse reuse(StoredResponse found) {
    boolean soft = lookup.verdict(found) == PurgeVerdict.SOFTLY_PURGED;
    return Reuse.decide(
        found.meta().freshness(), lookup.directives(), soft, lookup.cache().nowMillis());
  }

  /** A stored slice is used: if it is stale, it is validated meanwhile. */
  void used(long number, StoredResponse slice) {
    if (reuse(slice) == Reuse.STALE_WHILE_REVALIDATE) {
      lookup.fetches().revalidate(lookup.fetches().key(key, key.ofSlice(number), number), slice);
    }
  }

  /** A stored slice, usable or to be validated, held for the caller; null if there is none. */
  private @Nullable StoredResponse stored(long number) {
    StoredKey place = key.ofSlice(number);
    Entry entry = lookup.cache().isHeld() ? null : service.tier().get(place);
    StoredResponse found = entry == null ? null : entry.select(lookup.request().fields());
    if (found == null || !found.tryRetain()) {
      return null;
    }
    if (lookup.verdict(found) == PurgeVerdict.PURGED) {
      service.tier().drop(place, found);
      found.release();
      return null;
    }
    return found;
  }

  /** Drops a slice that is of another version. */
  void drop(long number, StoredResponse slice) {
    service.tier().drop(key.ofSlice(number), slice);
  }

  /** For a while the key's parts go past the cache. */
  void goPast() {
    service.parts().goPast(key, lookup.cache().nowMillis());
  }

  /**
   * The origin has another version than what is being sent: that is not used any more, nor anything
   * else that was asked for until now, unless that was seen before.
   *
   * @param sent what the first slice of what is being sent hangs on
   */
  void changed(StoredResponse.Ties sent) {
    InvalidatedUrls invalidated = lookup.cache().invalidated();
    if (invalidated.isValid(sent.place(), sent.ticket())) {
      invalidated.invalidate(sent.place());
    }
    service.parts().changed(key, sent.ticket(), invalidated.ticket(), lookup.cache().nowMillis());
  }

  /**
   * The fetch of a slice, held for the caller: one under way, or a new one.
   *
   * @param alone whether it is not shared
   */
  Fetches.Lead fetch(long number, boolean alone) {
    FillKey fillKey = lookup.fetches().key(key, key.ofSlice(number), number);
    StoredResponse before = stored(number);
    try {
      return alone
          ? lookup.fetches().alone(fillKey, before)
          : lookup.fetches().shared(fillKey, before);
    } finally {
      if (before != null) {
        before.release();
      }
    }
  }
}
