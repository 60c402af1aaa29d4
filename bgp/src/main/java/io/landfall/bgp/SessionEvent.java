package io.landfall.bgp;

import io.landfall.core.Direction;

/**
 * What can happen to a session from outside. The names of RFC 4271 section 8.1 are in each comment.
 */
public sealed interface SessionEvent {
  /** ManualStart / AutomaticStart, with or without passive TCP establishment. */
  record Start() implements SessionEvent {}

  /**
   * ManualStop / AutomaticStop: send Cease and go to Idle.
   *
   * @param ceaseSubcode RFC 4486 / 9384 subcode, such as 2 administrative shutdown
   * @param text the shutdown communication (RFC 9003), at most 255 bytes of UTF-8; may be empty
   */
  record Stop(int ceaseSubcode, String text) implements SessionEvent {}

  /**
   * Tcp_CR_Acked or TcpConnectionConfirmed: a byte stream is there (for the overlay: after the TLS
   * handshake).
   *
   * @param connection the owner's number for the stream, unique within the session
   * @param direction which side opened it, which decides collisions (RFC 4271 section 6.8)
   */
  record Connected(long connection, Direction direction) implements SessionEvent {}

  /** TcpConnectionFails before it was there: a connection that {@code Connect} asked for failed. */
  record ConnectFailed(String why) implements SessionEvent {}

  /** TcpConnectionFails: a byte stream ended. */
  record Closed(long connection, String why) implements SessionEvent {}

  /** Bytes arrived on a stream; the array is the session's to keep. */
  record Received(long connection, byte[] bytes) implements SessionEvent {}

  /** Time has passed; sent when {@code deadlineNanos} is reached. Timers re-check their reason. */
  record Tick() implements SessionEvent {}

  /** The stream's send buffer has drained after a write that found it full. */
  record Writable(long connection) implements SessionEvent {}
}
