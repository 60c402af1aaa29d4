package io.landfall.edge.cache;

import io.landfall.edge.cache.disk.DiskItem;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** A stored response on its way to the disk, which holds it until it is written. */
final class StoredItem implements DiskItem {
  private final byte[] key;
  private final int variant;
  private final DiskHead head;
  private final StoredResponse response;
  private final EdgeCache cache;

  /** One that takes over a response. */
  StoredItem(byte[] key, int variant, DiskHead head, StoredResponse response, EdgeCache cache) {
    this.key = key;
    this.variant = variant;
    this.head = head;
    this.response = response;
    this.cache = cache;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int variant() {
    return variant;
  }

  @Override
  public byte[] head() {
    return head.encode(new DiskHead.Times(cache.nowMillis(), cache.wallMillis()));
  }

  @Override
  public long epoch() {
    return response.validAtEpoch();
  }

  @Override
  public long bodyLength() {
    return response.body().length();
  }

  @Override
  public void copyTo(ByteBuffer into, long position) {
    long at = position;
    while (into.hasRemaining()) {
      ByteBuf slice = response.body().slice(at, into.remaining());
      try {
        int length = slice.readableBytes();
        slice.readBytes(into.slice(into.position(), length));
        into.position(into.position() + length);
        at += length;
      } finally {
        slice.release();
      }
    }
  }

  @Override
  public void letGo() {
    response.release();
  }
}
