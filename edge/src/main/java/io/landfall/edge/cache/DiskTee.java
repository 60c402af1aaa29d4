package io.landfall.edge.cache;

import io.landfall.cache.FieldSection;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.cache.disk.DiskStream;
import io.netty.buffer.ByteBuf;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A response that is too long for the memory, or that it has no room for: it goes to the request
 * that it was fetched for, and beside that to the disk. It is stored if all of it comes, and
 * nothing waits for the disk. What is made invalid meanwhile is not used: it has an older ticket.
 *
 * <p>What the same request selected in memory goes when it begins: this is newer, and where the
 * older one stayed it would be served again (RFC 9111 section 4: the most recent one is used). On
 * the fetch's event loop.
 */
final class DiskTee {
  private final MemoryTier memory;
  private final DiskTier disk;
  private final StoredKey key;
  private @Nullable DiskStream into;

  DiskTee(MemoryTier memory, DiskTier disk, StoredKey key) {
    this.memory = memory;
    this.disk = disk;
    this.key = key;
  }

  /**
   * A response begins.
   *
   * @param request the fields of the request that it answers
   * @param extent how long it is
   * @param isOutdated whether it was made invalid since it was asked for. Asked behind the begin,
   *     from when on what makes it invalid is seen here.
   */
  void begin(
      FieldSection request,
      StoredResponse.Head head,
      StoredMeta meta,
      DiskTier.Extent extent,
      BooleanSupplier isOutdated) {
    into = disk.stream(key, request, head, meta, extent);
    // Behind that: from then on what is read there is not kept in memory.
    memory.dropSelected(key, request);
    if (isOutdated.getAsBoolean()) {
      drop();
    }
  }

  /** A piece of its body, which stays its owner's. */
  void write(ByteBuf piece) {
    DiskStream to = into;
    if (to != null && to.write(piece)) {
      into = null;
      disk.streamed(key);
    }
  }

  /**
   * A response that was not known to be too long is: what is stored is no longer the newest.
   *
   * @param request the fields of the request that it answers
   * @param outdated whether it was made invalid since it was asked for, and so tells nothing
   */
  void tooLong(FieldSection request, boolean outdated) {
    if (!outdated) {
      disk.replaced(key);
      memory.dropSelected(key, request);
    }
  }

  /** It is not stored. */
  void drop() {
    DiskStream to = into;
    into = null;
    if (to != null) {
      to.drop();
      disk.streamed(key);
    }
  }
}
