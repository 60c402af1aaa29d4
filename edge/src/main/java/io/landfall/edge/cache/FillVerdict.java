package io.landfall.edge.cache;

import io.landfall.cache.StoreRefusal;

/** What becomes of a response. */
sealed interface FillVerdict {
  /**
   * Its body is fetched and, once whole, stored.
   *
   * @param made it, with no byte of its body yet; held for the receiver
   */
  record Fetch(StoredResponse made) implements FillVerdict {}

  /**
   * There is an answer already.
   *
   * @param known it, whole; held for the receiver
   * @param kept whether it is stored
   */
  record Known(StoredResponse known, boolean kept) implements FillVerdict {}

  /**
   * It is an error, and what is stored is the answer instead.
   *
   * @param known that, whole; held for the receiver
   */
  record Stale(StoredResponse known) implements FillVerdict {}

  /** It is about something else: the request is sent again, without conditions. */
  record Again() implements FillVerdict {}

  /**
   * It is not stored.
   *
   * @param why why not
   */
  record Pass(StoreRefusal why) implements FillVerdict {}
}
