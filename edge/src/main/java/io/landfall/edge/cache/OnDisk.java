package io.landfall.edge.cache;

import io.landfall.cache.FieldSection;
import io.landfall.edge.cache.disk.DiskStore;

/**
 * A response that was read from disk.
 *
 * @param response it, held for the receiver
 * @param secondaryKey what selects it beside its key
 * @param from the disk that has it
 * @param since when it was looked for there, for {@link DiskTier#isForgotten}
 */
record OnDisk(StoredResponse response, String secondaryKey, DiskStore from, long since) {
  /** Whether a request selects it. */
  boolean isSelectedBy(FieldSection request) {
    return response.meta().vary().matches(request, secondaryKey);
  }

  /** The hash of what a request would select in its place. */
  int variantOf(FieldSection request) {
    return DiskHead.variant(response.meta().vary().secondaryKey(request));
  }
}
