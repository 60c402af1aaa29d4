package io.landfall.bgp;

import io.landfall.core.Rng;

/**
 * How many distinct prefixes the peer has announced and not withdrawn, before any filter: what the
 * receive limit is compared with. A counter of announcements would not do, because a peer that
 * announces one route again and again holds one route.
 *
 * <p>The set holds a 64-bit fingerprint of (family, prefix, path identifier) in an open-addressed
 * table without objects: 16 bytes per path or less. Two prefixes with one fingerprint would count
 * as one, which errs on the peer's side. The table never grows past twice the limit, since one
 * prefix more ends the session.
 *
 * <p>Fingerprints can be worked out by the sender of the prefixes, so where they stand depends on a
 * secret multiplier as well: otherwise a peer could put all of them into one run of slots.
 */
final class ReceivedPrefixes {
  private static final int INITIAL_SLOTS = 16;

  private final int limit;
  private final long multiplier;
  private long[] slots = new long[INITIAL_SLOTS];
  private int shift = Long.SIZE - Integer.numberOfTrailingZeros(INITIAL_SLOTS);
  private int size;

  /**
   * @param limit how many prefixes are allowed; at {@link Integer#MAX_VALUE} nothing is counted
   * @param secret what the peer cannot foresee
   */
  ReceivedPrefixes(int limit, Rng secret) {
    this.limit = limit;
    this.multiplier = 0x9E3779B97F4A7C15L ^ (secret.nextLong(Long.MAX_VALUE) << 1);
  }

  boolean isCounting() {
    return limit != Integer.MAX_VALUE;
  }

  int size() {
    return size;
  }

  boolean isOverLimit() {
    return size > limit;
  }

  void announced(long fingerprint) {
    if (isOverLimit()) {
      return;
    }
    int mask = slots.length - 1;
    int at = home(fingerprint);
    while (slots[at] != 0) {
      if (slots[at] == fingerprint) {
        return;
      }
      at = (at + 1) & mask;
    }
    slots[at] = fingerprint;
    size++;
    if (2 * size > slots.length) {
      grow();
    }
  }

  void withdrawn(long fingerprint) {
    int mask = slots.length - 1;
    int at = home(fingerprint);
    while (slots[at] != fingerprint) {
      if (slots[at] == 0) {
        return;
      }
      at = (at + 1) & mask;
    }
    size--;
    // Closes the gap by moving up what probed past it, so no tombstones pile up.
    int gap = at;
    int next = (at + 1) & mask;
    while (slots[next] != 0) {
      int home = home(slots[next]);
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        slots[gap] = slots[next];
        gap = next;
      }
      next = (next + 1) & mask;
    }
    slots[gap] = 0;
  }

  /** How many slots are looked at to find a fingerprint that is here: what a look-up costs. */
  int probes(long fingerprint) {
    int mask = slots.length - 1;
    int home = home(fingerprint);
    int at = home;
    while (slots[at] != fingerprint) {
      at = (at + 1) & mask;
    }
    return 1 + ((at - home) & mask);
  }

  private int home(long fingerprint) {
    return (int) ((fingerprint * multiplier) >>> shift);
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    shift--;
    int mask = slots.length - 1;
    for (long fingerprint : old) {
      if (fingerprint != 0) {
        int at = home(fingerprint);
        while (slots[at] != 0) {
          at = (at + 1) & mask;
        }
        slots[at] = fingerprint;
      }
    }
  }

  /**
   * The fingerprint of one prefix as it lies in a message; never zero. For IPv4 host routes it is
   * one to one: address and path identifier fill the 64 bits, and the mixing can be undone.
   */
  static long fingerprint(Family family, int lengthBits, byte[] bytes, int at, int pathId) {
    long hash;
    if (family == Family.IPV4_UNICAST && lengthBits == 32) {
      hash = ((long) Wire.u32(bytes, at) << 32) | (pathId & 0xffffffffL);
    } else {
      hash = ((long) family.afi() << 8) | lengthBits;
      int whole = lengthBits >>> 3;
      for (int i = 0; i < whole; i++) {
        hash = mixed(hash ^ ((long) (bytes[at + i] & 0xff) << 32));
      }
      int rest = lengthBits & 7;
      int last = rest == 0 ? 0 : bytes[at + whole] & (0xff00 >>> rest) & 0xff;
      hash = mixed(hash ^ ((long) last << 32)) ^ pathId;
    }
    hash = mixed(hash);
    return hash == 0 ? 1 : hash;
  }

  private static long mixed(long value) {
    long hash = value * 0x9E3779B97F4A7C15L;
    hash ^= hash >>> 29;
    hash *= 0xBF58476D1CE4E5B9L;
    return hash ^ (hash >>> 32);
  }
}
