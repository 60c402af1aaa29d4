package io.landfall.edge.cache;

import io.landfall.cache.Slices;

/**
 * What requests have in common that wait for one fetch.
 *
 * @param service the cache of the service that they are routed to: a host may have moved to another
 *     one while its first is still fetching
 * @param key their primary key
 * @param secondaryKey what they have in the fields that selected what was stored last; empty if
 *     nothing was
 * @param fromNode whether other nodes forwarded them: what is fetched for those is never forwarded,
 *     and so no two nodes wait for each other
 * @param slice which slice of the body is fetched; {@link Slices#WHOLE} if it is the whole
 */
record FillKey(
    ServiceCache service, StoredKey key, String secondaryKey, boolean fromNode, long slice) {
  /** Whether a part is asked for. */
  boolean isOfSlice() {
    return slice != Slices.WHOLE;
  }

  /** The key of what comes. */
  StoredKey stored(StoredResponse came) {
    return came.part() == null ? key : key.ofSlice(slice);
  }
}
