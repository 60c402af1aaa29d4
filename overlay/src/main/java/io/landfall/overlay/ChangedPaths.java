package io.landfall.overlay;

import java.util.Arrays;

/**
 * The identifiers of paths that changed in a step, for watchers; nothing is kept while none wants
 * them. Bounded by what one step can change, and a path that changed twice may be named twice.
 */
final class ChangedPaths {
  private static final int SMALLEST_BUFFER = 16;

  private int[] ids = new int[SMALLEST_BUFFER];
  private int count;
  private boolean wanted;

  void setWanted(boolean wanted) {
    this.wanted = wanted;
    if (!wanted) {
      count = 0;
    }
  }

  void add(Path path) {
    if (!wanted) {
      return;
    }
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = path.outId;
  }

  /** What changed since the last call. */
  int[] take() {
    int[] taken = Arrays.copyOf(ids, count);
    count = 0;
    if (ids.length > SMALLEST_BUFFER && taken.length < ids.length / 8) {
      ids = new int[Math.max(SMALLEST_BUFFER, ids.length / 2)];
    }
    return taken;
  }
}
