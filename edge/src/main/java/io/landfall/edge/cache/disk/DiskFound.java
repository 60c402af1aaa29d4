package io.landfall.edge.cache.disk;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A response that was found on disk: key and head are checked.
 *
 * @param head its head, as it was stored
 * @param epoch up to which purge it is valid; see {@link DiskStore#epoch}
 * @param variant the hash of what selects it beside its key
 * @param since when the lookup began; see {@link DiskStore#isForgottenSince}
 * @param body its body, read bit by bit
 * @param whole all of the body, checked, which the receiver releases; null if it is a long one
 */
public record DiskFound(
    byte[] head, long epoch, int variant, long since, DiskBody body, @Nullable ByteBuf whole) {
  /** Lets go of what was read. */
  public void release() {
    if (whole != null) {
      whole.release();
    }
  }
}
