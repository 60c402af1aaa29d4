package io.landfall.overlay;

import io.landfall.core.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Finds a path by (host, source, path identifier), so that taking an UPDATE costs the same however
 * many sites serve a host. Open addressing with linear probing and no tombstones: a removal shifts
 * back what had been displaced (Knuth 6.4, algorithm R). The hashes stand in an array of their own,
 * because probing then touches no object but the one that is looked for.
 *
 * <p>Peers choose hosts and path identifiers, so the hash has secret multipliers (Dietzfelbinger's
 * multiply-shift, which is universal): who knew them could put all paths of a table into one run.
 */
final class PathIndex {
  private static final int SMALLEST = 64;

  private @Nullable Path[] slots = new Path[SMALLEST];

  /** The hash of the path in each slot; 0 where there is none. */
  private int[] hashes = new int[SMALLEST];

  private int size;
  private final long hostMultiplier;
  private final long sourceMultiplier;
  private final long idMultiplier;

  PathIndex(Rng secret) {
    this.hostMultiplier = multiplier(secret, 0x9E3779B97F4A7C15L);
    this.sourceMultiplier = multiplier(secret, 0xBF58476D1CE4E5B9L);
    this.idMultiplier = multiplier(secret, 0x94D049BB133111EBL);
  }

  /** An odd number that no peer can foresee; the other one where the randomness is a constant. */
  static long multiplier(Rng secret, long odd) {
    return odd ^ (secret.nextLong(Long.MAX_VALUE) << 1);
  }

  int size() {
    return size;
  }

  @Nullable Path get(int offset, Source from, int pathId) {
    int mask = hashes.length - 1;
    int hash = hash(offset, from.identity.offset(), pathId);
    for (int at = hash & mask; hashes[at] != 0; at = (at + 1) & mask) {
      Path path = slots[at];
      if (hashes[at] == hash && path != null && isFor(path, offset, from, pathId)) {
        return path;
      }
    }
    return null;
  }

  /** How many slots are looked at to find a path that is here: what a look-up costs. */
  int probes(Path path) {
    int mask = hashes.length - 1;
    int home = hash(path) & mask;
    int at = home;
    while (slots[at] != path) {
      at = (at + 1) & mask;
    }
    return 1 + ((at - home) & mask);
  }

  void add(Path path) {
    if (2 * (size + 1) > hashes.length) {
      resize(hashes.length * 2);
    }
    insert(path, hash(path));
    size++;
  }

  void remove(Path path) {
    int mask = hashes.length - 1;
    int hole = hash(path) & mask;
    while (slots[hole] != path) {
      hole = (hole + 1) & mask;
    }
    for (int at = (hole + 1) & mask; hashes[at] != 0; at = (at + 1) & mask) {
      int home = hashes[at] & mask;
      // It may move into the hole unless its home lies between the hole (excluded) and itself.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at];
        hashes[hole] = hashes[at];
        hole = at;
      }
    }
    slots[hole] = null;
    hashes[hole] = 0;
    size--;
    if (hashes.length > SMALLEST && 8 * size < hashes.length) {
      resize(hashes.length / 2);
    }
  }

  private void insert(Path path, int hash) {
    int mask = hashes.length - 1;
    int at = hash & mask;
    while (hashes[at] != 0) {
      at = (at + 1) & mask;
    }
    slots[at] = path;
    hashes[at] = hash;
  }

  private void resize(int length) {
    @Nullable Path[] oldSlots = slots;
    int[] oldHashes = hashes;
    slots = new Path[length];
    hashes = new int[length];
    for (int i = 0; i < oldHashes.length; i++) {
      Path path = oldSlots[i];
      if (path != null) {
        insert(path, oldHashes[i]);
      }
    }
  }

  private static boolean isFor(Path path, int offset, Source from, int pathId) {
    return path.pathId == pathId
        && path.host.address.offset() == offset
        && path.from.identity.offset() == from.identity.offset();
  }

  private int hash(Path path) {
    return hash(path.host.address.offset(), path.from.identity.offset(), path.pathId);
  }

  /** Never 0, which marks an empty slot. */
  private int hash(int offset, int source, int pathId) {
    long h = offset * hostMultiplier + source * sourceMultiplier + pathId * idMultiplier;
    int folded = (int) (h >>> 32);
    return folded == 0 ? 1 : folded;
  }
}
