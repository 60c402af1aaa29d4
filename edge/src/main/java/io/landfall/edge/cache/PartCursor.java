package io.landfall.edge.cache;

import io.landfall.edge.cache.StoredAnswer.Part;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far one reader is with the parts of a body that it sends; the body may still grow. */
final class PartCursor implements BodyCursor {
  private final List<Part> parts;
  private final Body body;
  private int part;
  private long position;
  private boolean introduced;

  /** At the first byte of the first part. */
  PartCursor(List<Part> parts, Body body) {
    this.parts = parts;
    this.body = body;
    this.position = parts.isEmpty() ? 0 : parts.getFirst().from();
  }

  @Override
  public long position() {
    return position;
  }

  private @Nullable Part current() {
    return part == parts.size() ? null : parts.get(part);
  }

  /** Behind the last byte of a part that is there by now. */
  private long end(Part now) {
    long there = body.length();
    return now.to() == Body.UNKNOWN ? there : Math.min(now.to(), there);
  }

  @Override
  public boolean hasMore() {
    Part now = current();
    return now != null && ((!introduced && now.before().length > 0) || position < end(now));
  }

  @Override
  public boolean isAtEnd(boolean whole) {
    Part now = current();
    return now == null || (whole && now.to() == Body.UNKNOWN && position == body.length());
  }

  @Override
  public ByteBuf next() {
    Part now = parts.get(part);
    if (!introduced && now.before().length > 0) {
      introduced = true;
      ByteBuf before = Unpooled.wrappedBuffer(now.before());
      endPart(now);
      return before;
    }
    ByteBuf piece = body.slice(position, end(now) - position);
    position += piece.readableBytes();
    endPart(now);
    return piece;
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
