package io.landfall.edge.cache;

import io.landfall.cache.Slices;
import io.landfall.edge.cache.StoredAnswer.Part;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far one reader is with the parts of a body that it sends, of which slices are stored. */
final class SliceCursor {
  private final List<Part> parts;
  private final Slices slices;
  private final long length;
  private int part;
  private long position;
  private boolean introduced;
  private boolean behindSlice;

  /**
   * At the first byte of the first part.
   *
   * @param length the length of the whole
   */
  SliceCursor(List<Part> parts, Slices slices, long length) {
    this.parts = parts;
    this.slices = slices;
    this.length = length;
    this.position = parts.isEmpty() ? 0 : parts.getFirst().from();
  }

  /** Whether all is sent. */
  boolean isAtEnd() {
    return part == parts.size();
  }

  /** Whether text comes next that is no part of the body. */
  boolean hasText() {
    return !introduced && parts.get(part).before().length > 0;
  }

  /** That text, which the receiver takes over. */
  ByteBuf text() {
    ByteBuf text = Unpooled.wrappedBuffer(parts.get(part).before());
    introduced = true;
    endPart();
    return text;
  }

  /** The slice that has the next byte. */
  long slice() {
    return slices.number(position);
  }

  /** The first byte, from the start of its slice, that is needed of that until this leaves it. */
  long inSlice() {
    return position - slices.start(slice());
  }

  private long end() {
    long to = parts.get(part).to();
    return to == Body.UNKNOWN ? length : to;
  }

  private long there(Body body) {
    return Math.min(end(), slices.start(slice()) + body.length());
  }

  /** Whether there is a byte to send of a slice's body, which may still grow. */
  boolean hasMore(Body body) {
    return !isAtEnd() && position < there(body);
  }

  /** The next piece of what is there, which the receiver takes over; null if nothing is. */
  @Nullable ByteBuf next(Body body) {
    long there = there(body);
    if (position >= there) {
      return null;
    }
    long slice = slice();
    ByteBuf piece = body.slice(position - slices.start(slice), there - position);
    position += piece.readableBytes();
    long behind = position;
    endPart();
    behindSlice = isAtEnd() || slice() != slice || position < behind;
    return piece;
  }

  /**
   * Whether the last piece was the last one of its slice that is needed for now. What lies before
   * it in the same slice may be gone, and is looked up again.
   */
  boolean isBehindSlice() {
    return behindSlice;
  }

  /** Goes on to the next part if this one is sent. */
  private void endPart() {
    if (position == end()) {
      part++;
      introduced = false;
      if (!isAtEnd()) {
        position = parts.get(part).from();
      }
    }
  }
}
