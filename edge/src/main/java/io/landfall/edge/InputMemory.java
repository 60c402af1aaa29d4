package io.landfall.edge;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * What one event loop's clients make it hold of requests that cannot go on: heads that are not
 * whole, what was pipelined behind a request in progress, body that its upstream does not take, and
 * large heads of requests in progress. A connection whose heads arrive whole in one read and are
 * answered never gets here.
 *
 * <p>Each loop has its share of the node's budget, so nothing is shared between threads. When the
 * share is used up, connections are ended that have held something for longest: first those whose
 * head is not whole, then the others. So a flood of heads that never end takes the place of other
 * such heads, and not of a client that sends its head at once.
 */
final class InputMemory {
  private final long mostBytes;
  private final Executor eventLoop;
  private final Set<ClientConnection> unfinished = new LinkedHashSet<>();
  private final Set<ClientConnection> waiting = new LinkedHashSet<>();
  private long heldBytes;
  private boolean scheduled;

  /**
   * The share of one event loop.
   *
   * @param mostBytes what may be held
   * @param eventLoop where connections are ended, outside of whatever they are doing
   */
  InputMemory(long mostBytes, Executor eventLoop) {
    this.mostBytes = mostBytes;
    this.eventLoop = eventLoop;
  }

  /**
   * A connection holds more or less than before.
   *
   * @param before bytes that it held when it said so last
   * @param now bytes that it holds; 0 if it needs no longer be known here
   * @param isHead whether they are of a head that is not whole
   */
  void hold(ClientConnection client, int before, int now, boolean isHead) {
    heldBytes += now - before;
    Set<ClientConnection> other = isHead ? waiting : unfinished;
    Set<ClientConnection> own = isHead ? unfinished : waiting;
    other.remove(client);
    if (now == 0) {
      own.remove(client);
    } else {
      // One that is there already keeps its place: it is as old as its first byte.
      own.add(client);
    }
    if (heldBytes > mostBytes && !scheduled) {
      scheduled = true;
      eventLoop.execute(this::makeRoom);
    }
  }

  long heldBytes() {
    return heldBytes;
  }

  private void makeRoom() {
    scheduled = false;
    while (heldBytes > mostBytes && !(unfinished.isEmpty() && waiting.isEmpty())) {
      Set<ClientConnection> from = unfinished.isEmpty() ? waiting : unfinished;
      ClientConnection oldest = from.iterator().next();
      // Whatever ending it does, it is not asked twice.
      from.remove(oldest);
      oldest.crowdOut();
    }
  }
}
