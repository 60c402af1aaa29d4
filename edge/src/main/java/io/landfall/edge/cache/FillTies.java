package io.landfall.edge.cache;

import io.landfall.cache.BodyVersion;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.ContentRange;
import io.landfall.cache.FieldSection;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.StoredMeta;
import io.landfall.cache.Vary;
import io.landfall.edge.http.FieldLines;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the response of one fetch hangs on, and whether it tells that the body has changed since the
 * last slice of it came: then the slices of before are not used any more. On the fetch's event
 * loop.
 */
final class FillTies {
  private final EdgeCache cache;
  private final ServiceCache service;
  private final FillKey key;
  private final CacheRequest asked;
  private final long ticket;

  /**
   * What came, or is right again.
   *
   * @param fields the fields that are kept
   * @param part which part of the whole; null if it is the whole
   * @param bytes the length of its body; {@link Body#UNKNOWN} if it gave none
   */
  record Came(FieldLines fields, StoredMeta meta, @Nullable ContentRange part, long bytes) {}

  /** For a fetch that is asked for now. */
  FillTies(Lookup lookup, FillKey key, CacheRequest asked) {
    this.cache = lookup.cache();
    this.service = lookup.service();
    this.key = key;
    this.asked = asked;
    this.ticket = cache.invalidated().ticket();
  }

  /** Which version a slice is of; of none if it cannot be joined with others. */
  static Optional<BodyVersion> version(FieldLines fields, StoredMeta meta, ContentRange part) {
    return BodyVersion.of(meta.validators(), fields, part.length());
  }

  /**
   * What a response hangs on. One of another version than the last slice makes all slices invalid
   * that were asked for before. If it is invalid itself it tells nothing of others, unless it is
   * stored all the same, by its key.
   *
   * @param epoch the latest purge when it was asked for
   * @param purged whether it may itself be older than a purge, and so tells nothing of others
   */
  StoredResponse.Ties of(Came came, long epoch, boolean purged) {
    boolean ofKey = came.part() == null && service.policy().key().fields().isEmpty();
    boolean other = !purged && isOther(came, ofKey);
    if (ofKey) {
      if (other) {
        cache.invalidated().invalidate(place());
      }
      return StoredResponse.Ties.ofKey(epoch);
    }
    long since = other ? cache.invalidated().replace(place(), ticket) : ticket;
    return new StoredResponse.Ties(epoch, place(), since, came.part());
  }

  private boolean isOther(Came came, boolean ofKey) {
    KnownParts parts = service.parts();
    ContentRange part = came.part();
    if (part == null && !parts.hasSlices(key.key())) {
      return false;
    }
    if (!ofKey && !cache.invalidated().isValid(place(), ticket)) {
      // It is not used, and must not pass for the newest version.
      return false;
    }
    StoredMeta meta = came.meta();
    long selection = selection(meta.vary());
    return part == null
        ? parts.wholeCame(key.key(), selection, meta.validators(), came.fields(), came.bytes())
        : parts.came(key.key(), selection, version(came.fields(), meta, part).orElseThrow());
  }

  /**
   * The body has no such slice. If it had one the body has changed, and all slices are invalid that
   * were asked for before; what another request selects may be longer.
   *
   * @param head the fields of the 416 (RFC 9110 section 15.5.17)
   */
  void unsatisfiable(FieldSection head) {
    KnownParts parts = service.parts();
    long position = key.slice() * service.policy().sliceBytes();
    if (parts.isShorter(key.key(), selection(Vary.of(head)), position)) {
      long _ = cache.invalidated().replace(place(), ticket);
    }
    parts.forgetLength(key.key());
  }

  private long selection(Vary vary) {
    return cache.hash(vary.secondaryKey(asked.fields()));
  }

  private int place() {
    PurgeMarks.Place url = key.key().place(service.name().value());
    return InvalidatedUrls.place(cache.marks().ofUrl(url.authority(), url.target()));
  }
}
