package io.landfall.edge.cache.disk;

import java.nio.ByteBuffer;

/**
 * One response to store. It is read on the disk's thread, once and in order, and let go of once.
 */
public interface DiskItem {
  /** Its key: what {@link DiskStore#find} is asked with. */
  byte[] key();

  /** A hash of what selects it beside its key. */
  int variant();

  /** Its head, in a form that the disk does not look into. */
  byte[] head();

  /** Up to which purge of this process it is valid. */
  long epoch();

  /** How long its body is. */
  long bodyLength();

  /** Copies of its body what fits into a buffer, from a position on. */
  void copyTo(ByteBuffer into, long position);

  /** It is not needed any more. */
  void letGo();
}
