package io.landfall.edge.cache;

import io.landfall.cache.Validators;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which responses are being written to disk bit by bit, one of a key at once; any thread may call.
 */
final class DiskStreams {
  /** As many as fetches at most. */
  private final Map<StoredKey, Begun> running = new ConcurrentHashMap<>();

  /** What becomes of a response whose body comes bit by bit. */
  enum Turn {
    /** It is written. */
    BEGINS,
    /** It is not, since the same one is being written. */
    IS_UNDER_WAY,
    /** It is not, and what is there, or being written, is older. */
    REPLACES
  }

  /**
   * One that is being written.
   *
   * @param variant the hash of what selects it beside its key
   */
  private record Begun(Validators its, int variant) {
    boolean isSame(Begun other) {
      return its.hasStrongTag() && its.etag().equals(other.its.etag()) && variant == other.variant;
    }
  }

  /**
   * A response comes.
   *
   * @param variant the hash of what selects it beside its key
   * @param length of its body; {@link Body#UNKNOWN} if it gave none: then it cannot be written
   */
  Turn begin(StoredKey key, Validators its, int variant, long length) {
    if (length == Body.UNKNOWN) {
      return Turn.REPLACES;
    }
    Begun own = new Begun(its, variant);
    Begun other = running.putIfAbsent(key, own);
    if (other == null) {
      return Turn.BEGINS;
    }
    return other.isSame(own) ? Turn.IS_UNDER_WAY : Turn.REPLACES;
  }

  /** Whether a response of a key is being written. */
  boolean isUnderWay(StoredKey key) {
    return running.containsKey(key);
  }

  /** What was being written of a key is written, or given up. */
  void over(StoredKey key) {
    running.remove(key);
  }
}
