package io.landfall.edge.cache;

import io.landfall.cache.Coding;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A body in further codings. Each is made once, and lives as long as the body that it was made of,
 * whose holders hold it too. Any thread may call while it holds that body.
 */
final class CodedBodies {
  /** It is not made again. */
  static final long NEVER = Long.MAX_VALUE;

  /** How far one coding is; null where none has asked for it. */
  private sealed interface State {
    /** Being made, or waiting for that. */
    record Making() implements State {}

    /** There. */
    record Made(Body body) implements State {}

    /** Not there, and not tried before that time of the cache's clock. */
    record Not(long untilMillis) implements State {}
  }

  private static final State MAKING = new State.Making();

  private final AtomicReferenceArray<@Nullable State> states =
      new AtomicReferenceArray<>(Coding.ALL.size());

  private static int place(Coding coding) {
    return Coding.ALL.indexOf(coding);
  }

  /** The body in a coding; null if it is not there. */
  @Nullable Body made(Coding coding) {
    return states.get(place(coding)) instanceof State.Made(Body body) ? body : null;
  }

  /** Whether the caller is the one who makes it, now; it tells how that ended. */
  boolean begin(Coding coding, long nowMillis) {
    State now = states.get(place(coding));
    boolean open = now == null || (now instanceof State.Not(long until) && until <= nowMillis);
    return open && states.compareAndSet(place(coding), now, MAKING);
  }

  /** It is made; the body is taken over. */
  void made(Coding coding, Body body) {
    states.set(place(coding), new State.Made(body));
  }

  /**
   * It was not made.
   *
   * @param untilMillis before that time of the cache's clock it is not tried again
   */
  void notMade(Coding coding, long untilMillis) {
    states.set(place(coding), new State.Not(untilMillis));
  }

  /** The room that they take. */
  long takenBytes() {
    long bytes = 0;
    for (Coding each : Coding.ALL) {
      Body made = made(each);
      bytes += made == null ? 0 : made.takenBytes();
    }
    return bytes;
  }

  /** The body is gone, and none makes another of it. */
  void release() {
    for (Coding each : Coding.ALL) {
      Body made = made(each);
      if (made != null) {
        made.release();
      }
    }
  }
}
