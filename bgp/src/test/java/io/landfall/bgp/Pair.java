package io.landfall.bgp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Two speakers back to back: what one writes the other receives, stream by stream, in order, when
 * the test lets it through.
 */
final class Pair {
  final Speaker left;
  final Speaker right;
  private final Deque<Runnable> wire = new ArrayDeque<>();
  private final Map<Speaker, Integer> taken = new HashMap<>();

  Pair(SessionConfig left, SessionConfig right) {
    this.left = new Speaker(left);
    this.right = new Speaker(right);
  }

  /** Opens a stream that one side has dialled. */
  void connect(long number, boolean byLeft) {
    left.connected(number, byLeft);
    right.connected(number, !byLeft);
  }

  /** Lets everything through until both sides are silent. */
  void settle() {
    collect();
    while (!wire.isEmpty()) {
      wire.removeFirst().run();
      collect();
    }
  }

  /** Both sides started, one stream, settled. */
  Pair establish() {
    left.start();
    right.start();
    connect(1, true);
    settle();
    return this;
  }

  private void collect() {
    collect(left, right);
    collect(right, left);
  }

  private void collect(Speaker from, Speaker to) {
    int next = taken.getOrDefault(from, 0);
    for (; next < from.effects.size(); next++) {
      switch (from.effects.get(next)) {
        case SessionEffect.Write<HostPrefix>(long number, byte[] bytes) ->
            wire.add(() -> to.hears(number, bytes));
        case SessionEffect.Close<HostPrefix>(long number, String why) ->
            wire.add(() -> to.step(new SessionEvent.Closed(number, "the peer closed")));
        default -> {}
      }
    }
    taken.put(from, next);
  }
}
