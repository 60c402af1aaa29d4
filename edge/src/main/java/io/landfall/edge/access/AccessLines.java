package io.landfall.edge.access;

import org.jspecify.annotations.Nullable;

/**
 * The lines of one event loop on their way to the {@link AccessLog}. They are gathered in a piece
 * of its memory, which is handed over when it is full, and at the latest some ticks after its first
 * line. Touched by that loop only.
 */
public final class AccessLines {
  /** How long a line waits for others. */
  private static final long MOST_WAIT_NANOS = 200_000_000;

  private final AccessLog log;
  private @Nullable LineBytes current;
  private boolean waits;
  private long sinceNanos;

  AccessLines(AccessLog log) {
    this.log = log;
  }

  /** How the lines look. */
  public AccessLog.Format format() {
    return log.format();
  }

  /**
   * Where to write one line, which may have {@link LineBytes#MAX_LINE} bytes; {@link #end} has to
   * follow.
   *
   * @return null when there is no room: the line is lost, and counted
   */
  public @Nullable LineBytes begin() {
    LineBytes to = current;
    if (to != null && to.room() < LineBytes.MAX_LINE) {
      handOver(to);
      to = null;
    }
    if (to == null) {
      to = log.take();
      current = to;
    }
    if (to == null) {
      log.lost(1);
    }
    return to;
  }

  /** The line is complete. */
  public void end(LineBytes line) {
    line.end();
  }

  /** Hands over what has waited long enough; each tick of the loop. */
  public void tick(long nowNanos) {
    LineBytes to = current;
    if (to == null) {
      waits = false;
    } else if (!waits) {
      waits = true;
      sinceNanos = nowNanos;
    } else if (nowNanos - sinceNanos >= MOST_WAIT_NANOS) {
      handOver(to);
    }
  }

  /** Hands over what there is; its loop runs no more. */
  void finish() {
    LineBytes to = current;
    if (to != null) {
      handOver(to);
    }
  }

  private void handOver(LineBytes full) {
    current = null;
    waits = false;
    log.give(full);
  }
}
