package io.landfall.bgp.peering;

import io.landfall.core.Direction;
import java.net.InetAddress;

/** What peerings ask of the sockets, and what they report to the sessions, in order. */
public sealed interface PeeringEffect {
  /** To be done with sockets. */
  sealed interface ToStreams extends PeeringEffect {}

  /** For the session of a peering. */
  sealed interface ToSession extends PeeringEffect {
    /** Whose it is. */
    String peering();
  }

  /**
   * Open a stream; answered with {@link PeeringEvent.Opened} or {@link PeeringEvent.DialFailed}.
   */
  record Dial(String peering) implements ToStreams {}

  /** Write these bytes. */
  record Write(long stream, byte[] bytes) implements ToStreams {}

  /** Close a stream once what was written has left. */
  record CloseStream(long stream, String why) implements ToStreams {}

  /**
   * A stream is there.
   *
   * @param local this side's address on it
   * @param direction which side opened it, which decides a collision (RFC 4271 section 6.8)
   */
  record Up(String peering, long stream, InetAddress local, Direction direction)
      implements ToSession {}

  /** The stream that the session asked for is not to be had now. */
  record NoStream(String peering, String why) implements ToSession {}

  /** Bytes arrived; the array is the session's to keep. */
  record Bytes(String peering, long stream, byte[] bytes) implements ToSession {}

  /** The stream is full; the send hold timer (RFC 9687) runs from here. */
  record Full(String peering, long stream) implements ToSession {}

  /** The stream takes bytes again. */
  record Writable(String peering, long stream) implements ToSession {}

  /**
   * A stream has ended.
   *
   * @param left how many streams the peering still has
   */
  record Down(String peering, long stream, String why, int left) implements ToSession {}
}
