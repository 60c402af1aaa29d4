package io.landfall.cache;

/** Whether a response is stored (RFC 9111 section 3). */
public sealed interface StoreDecision {
  /**
   * It is.
   *
   * @param meta all that later decisions need of it
   */
  record Store(StoredMeta meta) implements StoreDecision {}

  /**
   * It is not.
   *
   * @param reason why
   */
  record DoNotStore(StoreRefusal reason) implements StoreDecision {}
}
