package io.landfall.node;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands tasks of other threads to the control thread, in their order, all that are there with one
 * wake-up. Unlike the loop's own queue it can be emptied: whoever is about to declare something
 * lost reads first what has arrived.
 *
 * <p>It has no bound of its own. Whoever puts in bounds it: of probe results there are at most as
 * many as there are probes out.
 */
final class Inbox implements Executor {
  private final Executor control;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();

  /** An empty inbox of whoever runs on this executor. */
  Inbox(Executor control) {
    this.control = control;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (woken.compareAndSet(false, true)) {
      control.execute(this::read);
    }
  }

  /** Runs all that has arrived; on the control thread. */
  void read() {
    // Before the first look: what arrives after the last one wakes anew.
    woken.set(false);
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }
}
