package io.landfall.edge.cache.disk;

import io.landfall.edge.cache.disk.RecordFormat.Place;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the journal: 32 bytes that never lie in two sectors of the medium. Its checksum
 * begins with the journal's nonce and the entry's place, so none is taken for another.
 *
 * @param kind what it is
 * @param first a mark, the fingerprint of a key, the floor of hard purges, or a number
 * @param second an epoch, a ticket, or the floor of soft purges
 * @param third an epoch, 1 for a soft purge, or the run of a log
 */
record JournalEntry(Kind kind, long first, long second, long third) {
  static final int BYTES = 32;

  private static final int AFTER_CHECKSUM = 8;

  /** What an entry is. */
  enum Kind {
    /** Of what was there when the journal was begun: the floors, and the latest purge. */
    FLOORS(1),
    /** Of what was there then: a mark, and the epochs of its latest hard and soft purges. */
    MARK(2),
    /** A purge: its mark, its epoch, and whether it is soft. */
    PURGE(3),
    /** What is stored under a fingerprint with a smaller ticket is invalid. */
    FORGET(4),
    /** What is stored with a smaller ticket is invalid, all of it. */
    FORGET_ALL(5),
    /** A process began to use the disk: its number, the log of purges beside it, and its run. */
    RUN(6);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static @Nullable Kind of(int code) {
      for (Kind each : values()) {
        if (each.code == code) {
          return each;
        }
      }
      return null;
    }
  }

  /** Writes it. */
  void write(ByteBuffer out, Place place) {
    int from = out.position();
    out.putInt(kind.code).putInt(0).putLong(first).putLong(second).putLong(third);
    out.putInt(from + Integer.BYTES, checksum(out, from, place));
  }

  private static int checksum(ByteBuffer bytes, int from, Place place) {
    CRC32C crc = place.begin(bytes.getInt(from));
    crc.update(bytes.duplicate().position(from + AFTER_CHECKSUM).limit(from + BYTES));
    return (int) crc.getValue();
  }

  /** Reads one; null if it is none. */
  static @Nullable JournalEntry read(ByteBuffer in, Place place) {
    int from = in.position();
    Kind kind = Kind.of(in.getInt(from));
    return kind != null && in.getInt(from + Integer.BYTES) == checksum(in, from, place)
        ? new JournalEntry(kind, in.getLong(from + 8), in.getLong(from + 16), in.getLong(from + 24))
        : null;
  }

  /** Whether there is nothing: where no entry was written yet. */
  static boolean isBlank(ByteBuffer in) {
    for (int i = in.position(); i < in.position() + BYTES; i += Long.BYTES) {
      if (in.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
