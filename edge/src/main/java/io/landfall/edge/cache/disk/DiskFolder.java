package io.landfall.edge.cache.disk;

import io.landfall.cache.SipHash;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What lies in a disk's folder beside segments and journal: the lock, and the identity, which has
 * the secret under which keys and marks are hashed. Without an identity that is right nothing that
 * lies there is of use.
 */
final class DiskFolder {
  /** Who has the folder holds a lock on this file. */
  static final String LOCK = "lock";

  static final String IDENTITY = "identity";

  private static final int MAGIC = 0x4c464431;

  /** Raised with each change of what lies on disk: what another version wrote is dropped. */
  private static final int VERSION = 1;

  private static final int BYTES = 32;

  private DiskFolder() {}

  /** The secret of what lies there; empty if nothing of it can be used. */
  static Optional<SipHash> secret(DiskFiles files) throws IOException {
    if (!files.names().contains(IDENTITY)) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    try (OpenFile file = files.open(IDENTITY)) {
      if (file.read(bytes, 0) != BYTES) {
        return Optional.empty();
      }
    }
    boolean right =
        bytes.getInt(0) == MAGIC
            && bytes.getInt(4) == VERSION
            && bytes.getInt(24) == checksum(bytes.array());
    return right ? Optional.of(new SipHash(bytes.getLong(8), bytes.getLong(16))) : Optional.empty();
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 24);
    return (int) crc.getValue();
  }

  /** Makes an identity; the folder is empty. */
  static void create(DiskFiles files, SipHash secret) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putInt(MAGIC).putInt(VERSION).putLong(secret.key0()).putLong(secret.key1());
    bytes.putInt(checksum(bytes.array()));
    files.replace(IDENTITY, file -> file.write(bytes.clear(), 0)).close();
  }

  /** Drops all that is stored: the identity first, without which the rest is of no use. */
  static void empty(DiskFiles files) throws IOException {
    files.delete(IDENTITY);
    files.forceNames();
    for (String name : files.names()) {
      if (isOurs(name)) {
        files.delete(name);
      }
    }
    files.forceNames();
  }

  /** Of a file by which {@code landfall check} tries a folder, at the same time or broken off. */
  private static final String TRIAL = ".landfall";

  /**
   * Leaves alone a folder of somebody else's: one without an identity in which something lies that
   * no cache has made. {@code lost+found} is what a file system makes.
   */
  static void refuseForeign(DiskFiles files) throws IOException {
    for (String name : files.names()) {
      boolean known =
          name.equals(LOCK)
              || name.equals(IDENTITY)
              || name.equals("lost+found")
              || name.startsWith(TRIAL);
      if (!known && !isOurs(name)) {
        throw new IOException(
            "it has files of others (" + name + "), which are left alone; name an empty folder");
      }
    }
  }

  /** Whether a file is one that a cache has made; others are left as they are. */
  static boolean isOurs(String name) {
    return name.startsWith(DiskSegment.PREFIX)
        || name.startsWith(PurgeJournal.NAME)
        || name.equals(IDENTITY + DiskFiles.UNFINISHED);
  }
}
