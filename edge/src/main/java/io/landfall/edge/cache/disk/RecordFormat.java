package io.landfall.edge.cache.disk;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How one response lies in a segment: a header, the key, the head, the body, a checksum for each
 * chunk of the body, and the end. All numbers are big-endian; a record begins at a multiple of
 * {@link #UNIT_BYTES}.
 *
 * <pre>
 *  0 magic           int      8 ticket       long    16 fingerprint  long    24 body length  long
 *  4 header checksum int     32 epoch        long    40 variant      int     44 key length   int
 * 48 head length     int     52 zero         int     56 segment's nonce      long
 * 64 key, head, body, int[chunks] checksums, end magic int, checksum of the checksums int
 * </pre>
 *
 * <p>One without a key is no response: it replaces what is older under its fingerprint.
 *
 * <p>The header's checksum covers key and head too. Each checksum (CRC32C) begins with the
 * segment's nonce and the record's place in it, so that what was written elsewhere or earlier is
 * never taken for it; that of the checksums knows the ticket too. The end is written last: a record
 * without one was never whole.
 *
 * @param ticket its place in the order of all that was stored and forgotten
 * @param fingerprint the hash of the key under the disk's secret
 * @param bodyLength of the body, in bytes
 * @param epoch up to which purge it is valid, in the journal's numbers
 * @param variant a hash of what selects it beside the key
 * @param keyLength of the key, in bytes
 * @param headLength of the head, in bytes
 */
record RecordFormat(
    long ticket,
    long fingerprint,
    long bodyLength,
    long epoch,
    int variant,
    int keyLength,
    int headLength) {
  /** Records begin at multiples of this. */
  static final int UNIT_BYTES = 64;

  /** What precedes the key. */
  static final int HEADER_BYTES = 64;

  /** A checksum covers this much of a body. */
  static final int CHUNK_BYTES = 64 * 1024;

  /** The longest key that is written. */
  static final int MOST_KEY_BYTES = 32 * 1024;

  /** The longest head that is written. */
  static final int MOST_HEAD_BYTES = 256 * 1024;

  /** What follows the checksums. */
  static final int END_BYTES = 8;

  private static final int MAGIC = 0x4c465231;
  private static final int END_MAGIC = 0x4c464531;
  private static final int AFTER_CHECKSUM = 8;

  /** One that replaces what has a smaller ticket under a fingerprint. */
  static RecordFormat replacing(long fingerprint, long ticket) {
    return new RecordFormat(ticket, fingerprint, 0, 0, 0, 0, 0);
  }

  /** Whether it is no response, and replaces what is older. */
  boolean replaces() {
    return keyLength == 0;
  }

  /** How many chunks a body of a length has. */
  static int chunks(long bodyLength) {
    return (int) ((bodyLength + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** How far behind the record's begin the body is. */
  int bodyOffset() {
    return HEADER_BYTES + keyLength + headLength;
  }

  /** How far behind the record's begin the checksums are. */
  long checksumsOffset() {
    return bodyOffset() + bodyLength;
  }

  /** What follows the body. */
  int tailBytes() {
    return chunks(bodyLength) * Integer.BYTES + END_BYTES;
  }

  /** All of it, up to the begin of the next one. */
  long bytes() {
    return roundUp(checksumsOffset() + tailBytes());
  }

  static long roundUp(long bytes) {
    return (bytes + UNIT_BYTES - 1) & -UNIT_BYTES;
  }

  /**
   * Writes header, key and head.
   *
   * @param place where in its segment it begins, and in which
   */
  void write(ByteBuffer out, Place place, byte[] key, byte[] head) {
    int from = out.position();
    out.putInt(MAGIC).putInt(0);
    out.putLong(ticket).putLong(fingerprint).putLong(bodyLength).putLong(epoch);
    out.putInt(variant).putInt(keyLength).putInt(headLength).putInt(0).putLong(place.nonce());
    out.put(key).put(head);
    int to = out.position();
    CRC32C crc = place.begin(-1);
    crc.update(out.duplicate().position(from + AFTER_CHECKSUM).limit(to));
    out.putInt(from + Integer.BYTES, (int) crc.getValue());
  }

  /**
   * Reads a header; key and head, which are not checked yet, follow.
   *
   * @return null if there is none, or one that no record can have
   */
  static @Nullable RecordFormat read(ByteBuffer in, Place place, long segmentBytes) {
    if (in.remaining() < HEADER_BYTES) {
      return null;
    }
    int from = in.position();
    if (in.getInt(from) != MAGIC || in.getLong(from + 56) != place.nonce()) {
      return null;
    }
    RecordFormat made =
        new RecordFormat(
            in.getLong(from + 8),
            in.getLong(from + 16),
            in.getLong(from + 24),
            in.getLong(from + 32),
            in.getInt(from + 40),
            in.getInt(from + 44),
            in.getInt(from + 48));
    boolean possible =
        made.bodyLength >= 0
            && made.bodyLength <= segmentBytes
            && made.keyLength >= 0
            && made.keyLength <= MOST_KEY_BYTES
            && made.headLength >= 0
            && made.headLength <= MOST_HEAD_BYTES
            && place.offset() + made.bytes() <= segmentBytes;
    return possible ? made : null;
  }

  /** Whether header, key and head, which begin at a buffer's position, are as they were written. */
  boolean isRight(ByteBuffer in, Place place) {
    int from = in.position();
    if (in.remaining() < bodyOffset()) {
      return false;
    }
    CRC32C crc = place.begin(-1);
    crc.update(in.duplicate().position(from + AFTER_CHECKSUM).limit(from + bodyOffset()));
    return in.getInt(from + Integer.BYTES) == (int) crc.getValue();
  }

  /** Writes what follows the body. */
  void writeTail(ByteBuffer out, Place place, int[] checksums) {
    CRC32C crc = beginTail(place);
    int from = out.position();
    for (int each : checksums) {
      out.putInt(each);
    }
    crc.update(out.duplicate().position(from).limit(out.position()));
    out.putInt(END_MAGIC).putInt((int) crc.getValue());
  }

  /** With the ticket: a record that was begun where another one failed has no use of its end. */
  private CRC32C beginTail(Place place) {
    CRC32C crc = place.begin(-2);
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(ticket).flip());
    return crc;
  }

  /** Reads what follows the body; null if the record was never whole. */
  int @Nullable [] readTail(ByteBuffer in, Place place) {
    if (in.remaining() < tailBytes()) {
      return null;
    }
    int[] checksums = new int[chunks(bodyLength)];
    CRC32C crc = beginTail(place);
    int from = in.position();
    int to = from + checksums.length * Integer.BYTES;
    crc.update(in.duplicate().position(from).limit(to));
    if (in.getInt(to) != END_MAGIC || in.getInt(to + Integer.BYTES) != (int) crc.getValue()) {
      return null;
    }
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = in.getInt(from + i * Integer.BYTES);
    }
    return checksums;
  }

  /**
   * Where a record begins.
   *
   * @param nonce that of the segment, which no other has
   * @param offset in the segment
   */
  record Place(long nonce, long offset) {
    /** The checksum of a part of the record, to which its bytes are to be added. */
    CRC32C begin(int part) {
      ByteBuffer seed = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);
      seed.putLong(nonce).putLong(offset).putInt(part).flip();
      CRC32C crc = new CRC32C();
      crc.update(seed);
      return crc;
    }

    /** The checksum of a chunk of the body, which remains in a buffer and stays there. */
    int ofChunk(int chunk, ByteBuffer bytes) {
      CRC32C crc = begin(chunk);
      crc.update(bytes.duplicate());
      return (int) crc.getValue();
    }
  }
}
