package io.landfall.edge.cache;

import io.landfall.edge.cache.StoredAnswer.Part;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** A cursor over a body in memory, which may still grow. */
final class MemoryCursor extends PartCursor {
  private final Body body;

  /** At the first byte of the first part. */
  MemoryCursor(List<Part> parts, Body body) {
    super(parts);
    this.body = body;
  }

  @Override
  long length() {
    return body.length();
  }

  @Override
  boolean isHere() {
    return true;
  }

  @Override
  ByteBuf piece(long mostBytes) {
    return body.slice(position(), mostBytes);
  }
}
