package io.landfall.edge.exchange;

import org.jspecify.annotations.Nullable;

/** What is recorded of one attempt on a place, for a request that has an id. */
final class AttemptLog {
  final String place;
  final boolean isNode;
  final long beganMicros;
  final long span;

  /** The one before it; null for the first. */
  final @Nullable AttemptLog before;

  long answeredMicros = -1;
  long endedMicros = -1;
  int status;
  @Nullable FailureKind failure;

  /**
   * One that begins.
   *
   * @param beganMicros microseconds since the request's head
   * @param span the span that it is; 0 for none
   * @param before the one before it
   */
  AttemptLog(Attempt attempt, long beganMicros, long span, @Nullable AttemptLog before) {
    this.place = attempt.name();
    this.isNode = attempt.isForward();
    this.beganMicros = beganMicros;
    this.span = span;
    this.before = before;
  }
}
