package io.landfall.edge.h2;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * The DATA that waits on all streams of one connection, and the outputs that are to be fed again
 * when some of it has left or a window may be open. Of one event loop.
 */
final class WaitingData {
  private final int highBytes;
  private final Executor eventLoop;
  private int bytes;
  private boolean changed;

  /** Outputs that wait for their window, in the order in which they began to. */
  private final Set<H2Output> held = new LinkedHashSet<>();

  /**
   * None yet.
   *
   * @param highBytes from which on a stream is fed only if what it has can leave at once
   */
  WaitingData(int highBytes, Executor eventLoop) {
    this.highBytes = highBytes;
    this.eventLoop = eventLoop;
  }

  /** Bytes of DATA that wait on all streams together. */
  int bytes() {
    return bytes;
  }

  /**
   * So many bytes more wait, or less.
   *
   * @param inBatch whether outputs are fed anyway when what is being read has been read
   */
  void add(int more, boolean inBatch) {
    boolean wasFull = bytes >= highBytes;
    bytes += more;
    if (wasFull && bytes < highBytes && !held.isEmpty()) {
      // Also when a stream was closed with all that waited on it, which no window shows.
      changed = true;
      if (!inBatch) {
        eventLoop.execute(this::feed);
      }
    }
  }

  void hold(H2Output output) {
    held.add(output);
  }

  void forget(H2Output output) {
    held.remove(output);
  }

  /** The next {@link #feed} is to look at all that are held. */
  void mayGoOn() {
    changed = true;
  }

  /** Feeds those that are held, if anything has changed. */
  void feed() {
    if (changed && !held.isEmpty()) {
      for (H2Output output : List.copyOf(held)) {
        output.feed();
      }
    }
    changed = false;
  }
}
