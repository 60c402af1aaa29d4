package io.landfall.edge.purges;

import java.nio.file.Path;
import java.util.List;

/**
 * What a log of purges is kept beside.
 *
 * @param disks the folders of the cache's disks, {@link #MOST_DISKS} at most
 * @param reach what purges reach there, as a text: where it changes, what lies on any of them may
 *     have missed some
 */
public record PurgeLogBeside(List<Path> disks, String reach) {
  /** The most disks that a log is kept beside. */
  public static final int MOST_DISKS = 16;

  /** No disk. */
  public static final PurgeLogBeside NONE = new PurgeLogBeside(List.of(), "");

  /** Copies the list. */
  public PurgeLogBeside {
    disks = List.copyOf(disks);
  }
}
