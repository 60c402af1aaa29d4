package io.landfall.edge.cache;

import io.landfall.edge.cache.StoredAnswer.Part;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far one reader is with the parts of a body that it sends, wherever the body lies. */
abstract class PartCursor implements BodyCursor {
  private final List<Part> parts;
  private int part;
  private long position;
  private boolean introduced;

  /** At the first byte of the first part. */
  PartCursor(List<Part> parts) {
    this.parts = parts;
    this.position = parts.isEmpty() ? 0 : parts.getFirst().from();
  }

  /** How long the body is by now. */
  abstract long length();

  /** Whether the byte at the position, which the body has by now, can be sent at once. */
  abstract boolean isHere();

  /** What there is from the position on, at most so much; the receiver takes it over. */
  abstract ByteBuf piece(long mostBytes);

  @Override
  public final long position() {
    return position;
  }

  /** The part that is being sent; null behind the last one. */
  final @Nullable Part current() {
    return part == parts.size() ? null : parts.get(part);
  }

  /** Behind the last byte of a part that is there by now. */
  final long end(Part now) {
    return now.to() == Body.UNKNOWN ? length() : Math.min(now.to(), length());
  }

  @Override
  public boolean hasMore() {
    Part now = current();
    return now != null && (!isIntroduced(now) || (position < end(now) && isHere()));
  }

  /** Whether what stands before a part is sent, if anything does. */
  private boolean isIntroduced(Part now) {
    return introduced || now.before().length == 0;
  }

  @Override
  public boolean isAtEnd(boolean whole) {
    Part now = current();
    return now == null || (whole && now.to() == Body.UNKNOWN && position == length());
  }

  @Override
  public final ByteBuf next() {
    Part now = parts.get(part);
    ByteBuf next;
    if (isIntroduced(now)) {
      next = piece(end(now) - position);
      position += next.readableBytes();
    } else {
      introduced = true;
      next = Unpooled.wrappedBuffer(now.before());
    }
    endPart(now);
    return next;
  }

  /** Goes on to the next part if this one is sent. */
  private void endPart(Part now) {
    if (position == now.to()) {
      part++;
      introduced = false;
      Part following = current();
      if (following != null) {
        position = following.from();
      }
    }
  }
}
