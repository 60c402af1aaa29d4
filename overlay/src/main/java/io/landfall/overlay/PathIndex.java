package io.landfall.overlay;

import org.jspecify.annotations.Nullable;

/**
 * Finds a path by (host, source, path identifier), so that taking an UPDATE costs the same however
 * many sites serve a host. Open addressing with linear probing and no tombstones: a removal shifts
 * back what had been displaced (Knuth 6.4, algorithm R).
 */
final class PathIndex {
  private static final int SMALLEST = 64;

  private @Nullable Path[] slots = new Path[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  @Nullable Path get(int offset, Source from, int pathId) {
    int mask = slots.length - 1;
    int at = hash(offset, from.identity.offset(), pathId) & mask;
    while (true) {
      Path path = slots[at];
      if (path == null || isFor(path, offset, from, pathId)) {
        return path;
      }
      at = (at + 1) & mask;
    }
  }

  void add(Path path) {
    if (2 * (size + 1) > slots.length) {
      resize(slots.length * 2);
    }
    insert(path);
    size++;
  }

  void remove(Path path) {
    int mask = slots.length - 1;
    int hole = hash(path) & mask;
    while (slots[hole] != path) {
      hole = (hole + 1) & mask;
    }
    int at = hole;
    while (true) {
      at = (at + 1) & mask;
      Path other = slots[at];
      if (other == null) {
        break;
      }
      int home = hash(other) & mask;
      // It may move into the hole unless its home lies between the hole (excluded) and itself.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = other;
        hole = at;
      }
    }
    slots[hole] = null;
    size--;
    if (slots.length > SMALLEST && 8 * size < slots.length) {
      resize(slots.length / 2);
    }
  }

  private void insert(Path path) {
    int mask = slots.length - 1;
    int at = hash(path) & mask;
    while (slots[at] != null) {
      at = (at + 1) & mask;
    }
    slots[at] = path;
  }

  private void resize(int length) {
    @Nullable Path[] old = slots;
    slots = new Path[length];
    for (Path path : old) {
      if (path != null) {
        insert(path);
      }
    }
  }

  private static boolean isFor(Path path, int offset, Source from, int pathId) {
    return path.pathId == pathId
        && path.host.address.offset() == offset
        && path.from.identity.offset() == from.identity.offset();
  }

  private static int hash(Path path) {
    return hash(path.host.address.offset(), path.from.identity.offset(), path.pathId);
  }

  private static int hash(int offset, int source, int pathId) {
    int h = offset * 0x9E3779B1 + source * 0x85EBCA77 + pathId * 0xC2B2AE3D;
    h ^= h >>> 15;
    h *= 0x2C1B3C6D;
    return h ^ (h >>> 13);
  }
}
