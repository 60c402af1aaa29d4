package io.landfall.edge.h2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;

/**
 * What a client's end of HTTP/2 has done to its latest streams, read from the headers of its
 * frames: Netty forgets a stream with its end, and does not keep who ended it.
 */
final class PeerStreams {
  /** The latest streams of which this is remembered; older ones are not judged. */
  static final int REMEMBERED = 1_024;

  private static final byte UNUSED = 0;
  private static final byte OPEN = 1;
  private static final byte GIVEN_UP = 2;
  private static final byte ENDED = 3;
  private static final byte RESET = 4;

  /** What the other end has done with a stream before a frame on it. */
  enum Use {
    /** It is none: the frame is one of the connection. */
    CONNECTION,
    /** Nothing: HEADERS open it. */
    NEW,
    /** It has opened it, and this node has not given it up. */
    KNOWN,
    /**
     * This node has given it up, or it is too old to be remembered: what comes on it is dropped.
     */
    LATE
  }

  private final byte[] states = new byte[REMEMBERED];
  private int last = -1;

  /**
   * A frame begins.
   *
   * @return what its connection ends with: a head on a stream that the other end has ended itself
   *     is STREAM_CLOSED (RFC 9113 section 5.1), one on a lower stream than its last that it never
   *     used is PROTOCOL_ERROR (section 5.1.1); null if it may come
   */
  @Nullable Http2Error begins(int type, int flags, int streamId) {
    int number = streamId >>> 1;
    boolean isOfClient = (streamId & 1) == 1;
    if (!isOfClient || last - number >= REMEMBERED) {
      return null;
    }
    boolean ends = (flags & Http2Flags.END_STREAM) != 0;
    if (type == Http2FrameTypes.HEADERS) {
      return head(number, ends);
    }
    byte state = number <= last ? get(number) : UNUSED;
    if (type == Http2FrameTypes.RST_STREAM && state != UNUSED) {
      // Also where this node has reset it before: nothing that was sent behind this one crosses.
      set(number, RESET);
    } else if (type == Http2FrameTypes.DATA && ends && state == OPEN) {
      set(number, ENDED);
    }
    return null;
  }

  private @Nullable Http2Error head(int number, boolean ends) {
    if (number > last) {
      for (int skipped = Math.max(last + 1, number - REMEMBERED); skipped < number; skipped++) {
        set(skipped, UNUSED);
      }
      last = number;
      set(number, ends ? ENDED : OPEN);
      return null;
    }
    return switch (get(number)) {
      case UNUSED -> Http2Error.PROTOCOL_ERROR;
      case ENDED -> Http2Error.STREAM_CLOSED;
      case OPEN -> {
        set(number, ends ? ENDED : OPEN);
        yield null;
      }
      default -> null;
    };
  }

  /** What a stream is before a frame on it begins. */
  Use use(int streamId) {
    int number = streamId >>> 1;
    if ((streamId & 1) == 0) {
      return streamId == 0 ? Use.CONNECTION : Use.KNOWN;
    }
    if (number > last) {
      return Use.NEW;
    }
    return isRemembered(streamId) && get(number) != GIVEN_UP ? Use.KNOWN : Use.LATE;
  }

  /** Whether a head has come on the stream, or on a later one. */
  boolean hasBegun(int streamId) {
    return use(streamId) != Use.NEW;
  }

  /** This node has reset the stream: what else comes on it crossed that. */
  void givenUp(int streamId) {
    if (isRemembered(streamId)) {
      set(streamId >>> 1, GIVEN_UP);
    }
  }

  /**
   * Whether it is known that the other end has reset the stream, or has ended it before this one
   * reset it: it may send nothing more.
   */
  boolean hasEnded(int streamId) {
    return isRemembered(streamId) && get(streamId >>> 1) >= ENDED;
  }

  private boolean isRemembered(int streamId) {
    int number = streamId >>> 1;
    return number <= last && last - number < REMEMBERED;
  }

  private byte get(int number) {
    return states[number % REMEMBERED];
  }

  private void set(int number, byte state) {
    states[number % REMEMBERED] = state;
  }
}
