package io.landfall.overlay.speaker;

/**
 * Everything that can happen to the sessions with service hosts. Hosts are named as configured,
 * streams by a number that the owner never uses twice.
 */
public sealed interface SpeakerEvent {
  /** Begin: dial whom the config says to dial, and take connections. */
  record Start() implements SpeakerEvent {}

  /**
   * A stream with a host is there.
   *
   * @param outgoing whether this side opened it (RFC 4271 section 6.8)
   */
  record Connected(String host, long connection, boolean outgoing) implements SpeakerEvent {}

  /** A dial failed. */
  record ConnectFailed(String host, String why) implements SpeakerEvent {}

  /** Bytes arrived; the array is ours to keep. */
  record Received(String host, long connection, byte[] bytes) implements SpeakerEvent {}

  /** A stream ended. */
  record Closed(String host, long connection, String why) implements SpeakerEvent {}

  /**
   * A Write found the stream full, and nothing is read from it until it is {@link Writable}; the
   * send hold timer (RFC 9687) runs from here.
   */
  record WriteBlocked(String host, long connection) implements SpeakerEvent {}

  /** A stream that was full takes bytes again. */
  record Writable(String host, long connection) implements SpeakerEvent {}

  /** Time has passed; sent when {@link ServiceSpeakers#deadlineNanos} is reached. */
  record Tick() implements SpeakerEvent {}

  /**
   * Ends every session with Cease / Administrative Shutdown.
   *
   * @param text the shutdown communication (RFC 9003), at most 255 bytes of UTF-8
   */
  record Shutdown(String text) implements SpeakerEvent {}
}
