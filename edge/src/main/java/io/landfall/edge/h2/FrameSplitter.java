package io.landfall.edge.h2;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived on an HTTP/2 connection, handed on a few frames at a time (RFC 9113 section
 * 4.1), so that one read of thousands of frames, each of which wants an answer, can be stopped in
 * the middle. What it keeps is bounded by what was read before reading stopped. A read of few
 * frames is passed as it is.
 */
final class FrameSplitter {
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int LENGTH_BYTES = 3;

  private final Deque<ByteBuf> kept = new ArrayDeque<>(1);

  /** Bytes of the payload under way, or of the preface, that have not been passed yet. */
  private int restBytes;

  private int headerBytes;
  private int length;

  /**
   * Nothing has arrived.
   *
   * @param prefaceBytes what comes before the first frame
   */
  FrameSplitter(int prefaceBytes) {
    this.restBytes = prefaceBytes;
  }

  /** Takes over what has arrived. */
  void add(ByteBuf bytes) {
    if (bytes.isReadable()) {
      kept.add(bytes);
    } else {
      bytes.release();
    }
  }

  /** The next bytes, with the ends of at most so many frames; null when there are none. */
  @Nullable ByteBuf next(int frames) {
    ByteBuf first = kept.peek();
    if (first == null) {
      return null;
    }
    int end = endOf(first, frames);
    if (end == first.writerIndex()) {
      return kept.poll();
    }
    return first.readRetainedSlice(end - first.readerIndex());
  }

  private int endOf(ByteBuf in, int frames) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    int ended = 0;
    while (at < end && ended < frames) {
      if (restBytes > 0) {
        int step = Math.min(restBytes, end - at);
        at += step;
        restBytes -= step;
      } else {
        int octet = in.getByte(at++) & 0xff;
        if (headerBytes++ < LENGTH_BYTES) {
          length = (length << 8) | octet;
        }
        if (headerBytes < FRAME_HEADER_BYTES) {
          continue;
        }
        headerBytes = 0;
        restBytes = length;
        length = 0;
      }
      ended += restBytes == 0 ? 1 : 0;
    }
    return at;
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /** Drops what was not handed on. */
  void release() {
    kept.forEach(ByteBuf::release);
    kept.clear();
  }
}
