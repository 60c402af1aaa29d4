package io.landfall.cache;

/** What purges left of a stored response. */
public enum PurgeVerdict {
  /** It was not purged. */
  VALID,
  /** It was purged softly: it is stale, and may be used as such and validated. */
  SOFTLY_PURGED,
  /** It was purged: it is gone. */
  PURGED
}
