package io.landfall.bfd;

/** What can happen to a session. */
public sealed interface BfdEvent {
  /** Begin to send. */
  record Start() implements BfdEvent {}

  /** A datagram that was found to belong to this session; it is not trusted yet. */
  record Received(byte[] datagram) implements BfdEvent {}

  /** Time has passed: {@link BfdSession#deadlineNanos} was reached. */
  record Tick() implements BfdEvent {}

  /** Hold the session down and signal it to the peer, for instance because the process ends. */
  record AdminDown() implements BfdEvent {}
}
