package io.landfall.node;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Signals that a running node acts on, from before there is one: left to the JVM and the kernel, a
 * reload or a rotation of logs would end a process that starts. What comes before is done once
 * there is something to do.
 */
final class NotedSignals {
  private final Map<String, Runnable> actions = new HashMap<>();
  private final Set<String> noted = new HashSet<>();

  /**
   * Notes these from now on.
   *
   * @param names without SIG
   */
  NotedSignals(Collection<String> names) {
    names.forEach(name -> ProcessSignal.on(name, () -> came(name)));
  }

  private void came(String name) {
    Runnable action;
    synchronized (this) {
      action = actions.get(name);
      if (action == null) {
        noted.add(name);
        return;
      }
    }
    action.run();
  }

  /**
   * What a signal does from now on. Those that have come are done at once, on a thread of its own
   * as all are.
   */
  void on(String name, Runnable action) {
    boolean came;
    synchronized (this) {
      actions.put(name, action);
      came = noted.remove(name);
    }
    if (came) {
      Thread.ofPlatform().daemon().name("SIG" + name + " handler").start(action);
    }
  }
}
