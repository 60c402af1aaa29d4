package io.landfall.edge.server;

import java.util.ArrayList;
import java.util.List;

/** Dials to other nodes, which a test can have wait. */
public final class HeldDials {
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean held;

  HeldDials() {}

  /** From now on dials wait. */
  public synchronized void hold() {
    held = true;
  }

  /** How many wait. */
  public synchronized int waiting() {
    return waiting.size();
  }

  /** Those that wait go on, and later ones wait no more. */
  public synchronized void release() {
    held = false;
    waiting.forEach(Runnable::run);
    waiting.clear();
  }

  synchronized void dial(Runnable dial) {
    if (held) {
      waiting.add(dial);
    } else {
      dial.run();
    }
  }
}
