package io.landfall.edge.loop;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * What one event loop holds of requests and responses that cannot go on: heads that are not whole,
 * what was pipelined behind a request in progress, large heads of requests in progress, and bodies
 * whose receiver does not take them, from clients as from other nodes. A connection whose heads
 * arrive whole in one read, and whose answers are read, never gets here.
 *
 * <p>Each loop has its share of the node's budget, so nothing is shared between threads. When the
 * share is used up, those are ended that have held something for longest: first connections whose
 * head is not whole, then of the others the one that has made no progress for longest. So a flood
 * of heads that never end takes the place of other such heads, and not of a client that sends its
 * head at once.
 */
public final class InputMemory {
  /** Heads up to this size do not count while their request is in progress. */
  public static final int LARGE_HEAD_BYTES = 4 * 1024;

  /** Who makes the loop hold something, and can be told to let go of it. */
  public interface Holder {
    /** Lets go of everything, and ends what it was for. Called from a task of its own. */
    void crowdOut();
  }

  /** What one holder holds, as it was said last. */
  public static final class Account {
    private final Holder holder;
    private int heldBytes;
    private boolean heldAsHead;

    /** Nothing is held. */
    public Account(Holder holder) {
      this.holder = holder;
    }

    /**
     * Tells the loop what is held, if there is anything new to tell.
     *
     * @param memory what the event loop may hold
     * @param bytes what is held; 0 for nothing
     * @param isHead whether it is of a head that is not whole
     */
    public void set(InputMemory memory, int bytes, boolean isHead) {
      if (bytes != heldBytes || (bytes > 0 && isHead != heldAsHead)) {
        memory.hold(holder, heldBytes, bytes, isHead);
        heldBytes = bytes;
        heldAsHead = isHead;
      }
    }
  }

  private long mostBytes;
  private final Executor eventLoop;
  private final Set<Holder> unfinished = new LinkedHashSet<>();
  private final Set<Holder> waiting = new LinkedHashSet<>();
  private long heldBytes;
  private boolean scheduled;

  /**
   * The share of one event loop.
   *
   * @param mostBytes what may be held
   * @param eventLoop where connections are ended, outside of whatever they are doing
   */
  public InputMemory(long mostBytes, Executor eventLoop) {
    this.mostBytes = mostBytes;
    this.eventLoop = eventLoop;
  }

  /** So much may be held from now on; what is too much is let go of with the next that is held. */
  public void resize(long otherBytes) {
    mostBytes = otherBytes;
  }

  private void hold(Holder holder, int before, int now, boolean isHead) {
    heldBytes += now - before;
    Set<Holder> other = isHead ? waiting : unfinished;
    Set<Holder> own = isHead ? unfinished : waiting;
    other.remove(holder);
    if (now == 0) {
      own.remove(holder);
    } else {
      // One that is there already keeps its place: it is as old as its first byte.
      own.add(holder);
    }
    if (heldBytes > mostBytes && !scheduled) {
      scheduled = true;
      eventLoop.execute(this::makeRoom);
    }
  }

  /** Something that waits has moved on: others have stood still for longer. */
  public void progressed(Holder holder) {
    moveToEnd(waiting, holder);
  }

  /** A good part has come of something that is not whole: others have stood still for longer. */
  public void received(Holder holder) {
    moveToEnd(unfinished, holder);
  }

  private static void moveToEnd(Set<Holder> holders, Holder holder) {
    if (holders.remove(holder)) {
      holders.add(holder);
    }
  }

  /** What is held now. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Whether so much is held that no more should be asked for. */
  public boolean isTight() {
    return heldBytes > mostBytes / 2;
  }

  /** Whether so little is held that there is no reason to be careful. */
  public boolean isAmple() {
    return heldBytes < mostBytes / 4;
  }

  private void makeRoom() {
    scheduled = false;
    while (heldBytes > mostBytes && !(unfinished.isEmpty() && waiting.isEmpty())) {
      Set<Holder> from = unfinished.isEmpty() ? waiting : unfinished;
      Holder oldest = from.iterator().next();
      // Whatever ending it does, it is not asked twice.
      from.remove(oldest);
      oldest.crowdOut();
    }
  }
}
