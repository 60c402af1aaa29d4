package io.landfall.overlay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers under which this node sends paths, each unique among all paths here, with the
 * paths that have them; those that wait for their withdrawal to be sent included. An identifier is
 * given anew once its path is forgotten.
 */
final class PathIds {
  private static final int SMALLEST_BUFFER = 16;

  private @Nullable Path[] paths = new Path[SMALLEST_BUFFER];
  private int[] free = new int[SMALLEST_BUFFER];
  private int freeCount;
  private int last;

  /** An identifier that no path has; 0 is left to sessions without add-path. */
  int take() {
    return freeCount > 0 ? free[--freeCount] : ++last;
  }

  /** A path has its identifier now. */
  void put(Path path) {
    if (path.outId >= paths.length) {
      paths = Arrays.copyOf(paths, 2 * path.outId);
    }
    paths[path.outId] = path;
  }

  /** A path gives its identifier back. */
  void free(Path path) {
    paths[path.outId] = null;
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, 2 * freeCount);
    }
    free[freeCount++] = path.outId;
  }

  /** The path that has an identifier; null when none has. */
  @Nullable Path get(int id) {
    return id < 0 || id >= paths.length ? null : paths[id];
  }

  /** No path has a greater identifier. */
  int last() {
    return last;
  }
}
