package io.landfall.bgp.peering;

import io.landfall.core.Direction;
import java.net.InetAddress;
import java.util.List;

/**
 * What happens to peerings. Names are those of the config; a stream is a number that is given once
 * and never again.
 */
public sealed interface PeeringEvent {
  /** What a session wants of its streams. */
  sealed interface OfSession extends PeeringEvent {}

  /** What the sockets report. */
  sealed interface OfStream extends PeeringEvent {}

  /** From now on a stream is opened to each peer that is to be dialled while there is none. */
  record Start() implements OfSession {}

  /** None is opened any more; those that are there end as their sessions end them. */
  record Stop() implements OfSession {}

  /**
   * Other neighbours are configured. Of one that is the same its streams stay. Those of one that
   * left, or is configured otherwise, are no longer for a session: nothing is reported of them but
   * their ends; who ends them in order does so before.
   *
   * @param all every neighbour now
   */
  record Configure(List<Peering> all) implements OfSession {
    /** Copies the list. */
    public Configure {
      all = List.copyOf(all);
    }
  }

  /** A session wants a stream; the answer is one, or that there is none. */
  record Connect(String peering) implements OfSession {}

  /** Bytes for the other side; the array is no longer the session's. */
  record Send(long stream, byte[] bytes) implements OfSession {}

  /** Ends a stream once what was sent on it has left. */
  record Close(long stream, String why) implements OfSession {}

  /**
   * A stream is open.
   *
   * @param local this side's address on it
   * @param direction which side opened it
   */
  record Opened(String peering, long stream, InetAddress local, Direction direction)
      implements OfStream {}

  /** What was dialled did not answer. */
  record DialFailed(String peering, String why) implements OfStream {}

  /** Bytes arrived; the array is the session's to keep. */
  record Received(long stream, byte[] bytes) implements OfStream {}

  /** What was written last filled the stream. */
  record Filled(long stream) implements OfStream {}

  /** A stream takes bytes again; also reported when its fullness was not noticed. */
  record Drained(long stream) implements OfStream {}

  /** A stream has ended, for whatever reason; the last event of it. */
  record Ended(long stream, String why) implements OfStream {}

  /** Time has passed; sent when {@link Peerings#deadlineNanos} is reached. */
  record Tick() implements PeeringEvent {}
}
