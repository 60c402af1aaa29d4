package io.landfall.edge.cache;

import io.landfall.cache.FieldSection;
import io.landfall.cache.Variants;
import io.landfall.cache.Vary;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under one key: one response, or some that fields of requests select. Immutable; it
 * holds its responses until it is let go of.
 */
final class Entry {
  /** More responses than this for one key are not kept; the oldest goes. */
  static final int MOST_VARIANTS = 16;

  private static final Variants<StoredResponse> NONE = Variants.none(MOST_VARIANTS);

  private final Variants<StoredResponse> variants;
  private final long weight;

  /** Holds them all anew: who had them before still has them. */
  private Entry(Variants<StoredResponse> variants) {
    this.variants = variants;
    long sum = 0;
    for (int i = 0; i < variants.size(); i++) {
      StoredResponse each = variants.value(i);
      each.retain();
      sum += each.weight();
    }
    this.weight = sum;
  }

  /** Those of an entry with one more, in place of one that the same requests select. */
  static Entry with(@Nullable Entry before, FieldSection request, StoredResponse added) {
    Variants<StoredResponse> old = before == null ? NONE : before.variants;
    return new Entry(old.with(added.meta(), request, added.head().fields(), added));
  }

  /** The same ones, weighed anew. */
  static Entry again(Entry before) {
    return new Entry(before.variants);
  }

  /** Those of an entry without one; null if nothing is left, itself if it was not there. */
  static @Nullable Entry without(Entry before, StoredResponse gone) {
    for (int i = 0; i < before.variants.size(); i++) {
      if (before.variants.value(i).equals(gone)) {
        return before.variants.size() == 1 ? null : new Entry(before.variants.without(i));
      }
    }
    return before;
  }

  /** Those of an entry that a request does not select; null if it selects all of them. */
  static @Nullable Entry withoutSelected(Entry before, FieldSection request) {
    Variants<StoredResponse> left = before.variants;
    int found = left.select(request);
    while (found != Variants.NONE) {
      left = left.without(found);
      found = left.select(request);
    }
    if (left.size() == before.variants.size()) {
      return before;
    }
    return left.size() == 0 ? null : new Entry(left);
  }

  /** The newest one that a request selects; null if it selects none. Not held for the caller. */
  @Nullable StoredResponse select(FieldSection request) {
    int found = variants.select(request);
    return found == Variants.NONE ? null : variants.value(found);
  }

  /** One of them; 0 is the newest. Not held for the caller. */
  StoredResponse get(int index) {
    return variants.value(index);
  }

  /** Which fields selected the newest one. */
  Vary vary() {
    return variants.value(0).meta().vary();
  }

  /** The room that they take. */
  long weight() {
    return weight;
  }

  /** How many responses there are. */
  int size() {
    return variants.size();
  }

  /** Lets go of them. */
  void release() {
    for (int i = 0; i < variants.size(); i++) {
      variants.value(i).release();
    }
  }
}
