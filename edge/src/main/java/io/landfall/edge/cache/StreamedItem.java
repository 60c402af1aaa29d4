package io.landfall.edge.cache;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.cache.disk.DiskItem;
import java.nio.ByteBuffer;

/**
 * A response on its way to the disk, whose body comes bit by bit.
 *
 * @param key its key
 * @param variant a hash of what selects it beside its key
 * @param all its head
 * @param extent how long it will be
 * @param cache tells the time
 */
record StreamedItem(byte[] key, int variant, DiskHead all, DiskTier.Extent extent, EdgeCache cache)
    implements DiskItem {
  @Override
  public byte[] head() {
    return all.encode(new DiskHead.Times(cache.nowMillis(), cache.wallMillis()));
  }

  @Override
  public long epoch() {
    return extent.epoch();
  }

  @Override
  public long bodyLength() {
    return extent.length();
  }

  @Override
  public void copyTo(ByteBuffer into, long position) {
    throw new InvariantBroken("its body comes bit by bit");
  }

  @Override
  public void letGo() {
    // It holds nothing.
  }
}
