package io.landfall.transport.probe;

import io.landfall.core.DeadlineQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One probe of a backend that connects, from its order to its end. On the prober's event loop. */
final class ProbeRun {
  private final ProbeTarget target;
  private final ConnectionUse use;
  private final Consumer<ProbeResult> whenDone;
  private final DeadlineQueue.Entry<ProbeRun> deadline;

  private @Nullable ProbeConnection connection;
  private String doing = "connecting";
  private boolean judged;
  private boolean over;

  ProbeRun(ProbeTarget target, ConnectionUse use, Consumer<ProbeResult> whenDone, int number) {
    this.target = target;
    this.use = use;
    this.whenDone = whenDone;
    this.deadline = new DeadlineQueue.Entry<>(this, number);
  }

  ProbeTarget target() {
    return target;
  }

  ConnectionUse use() {
    return use;
  }

  Consumer<ProbeResult> whenDone() {
    return whenDone;
  }

  DeadlineQueue.Entry<ProbeRun> deadline() {
    return deadline;
  }

  /** The connection that carries it; null before there is one. */
  @Nullable ProbeConnection connection() {
    return connection;
  }

  void connection(@Nullable ProbeConnection carries) {
    connection = carries;
  }

  /** What it is at, for a person. */
  String doing() {
    return doing;
  }

  void doing(String what) {
    doing = what;
  }

  /** Whether its verdict was given. */
  boolean isJudged() {
    return judged;
  }

  void judged() {
    judged = true;
  }

  /** Whether nothing of it is left to do. */
  boolean isOver() {
    return over;
  }

  void over() {
    over = true;
  }
}
