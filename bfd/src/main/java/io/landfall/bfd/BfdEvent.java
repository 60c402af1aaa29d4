package io.landfall.bfd;

/** What can happen to a session. */
public sealed interface BfdEvent {
  /** Begin to send. */
  record Start() implements BfdEvent {}

  /**
   * Begin to send as Up, in place of another process of this system that has given the session up:
   * the discriminator and the timers are those that it had, so the peer notices nothing.
   *
   * @param last the peer's last datagram, which has all that is to be known of its end; where it
   *     does not say Up, the session begins anew
   */
  record Resume(byte[] last) implements BfdEvent {}

  /** A datagram that was found to belong to this session; it is not trusted yet. */
  record Received(byte[] datagram) implements BfdEvent {}

  /** Time has passed: {@link BfdSession#deadlineNanos} was reached. */
  record Tick() implements BfdEvent {}

  /** Hold the session down and signal it to the peer, for instance because the process ends. */
  record AdminDown() implements BfdEvent {}
}
