package io.landfall.edge.purges;

import io.landfall.cache.SipHash;
import io.landfall.cache.fleet.PurgeCodec;
import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How the log lies in its file: a header, and records one behind the other, each with its length
 * and a checksum that knows the file and the place in it. A process or machine that dies leaves a
 * prefix of whole records, since a group of them is on the medium before the next one is written;
 * what is behind the first that is not right does not count.
 *
 * @param nonce a number that no other file has
 * @param run which process wrote it: {@link PurgeLogToken#run}
 * @param reach a hash of what purges reach
 * @param tokens by a hash of its path, of each disk that it is kept beside: which log it is to that
 */
record LogRecords(long nonce, long run, long reach, Map<Long, Long> tokens) {
  /** What precedes the first record. */
  static final int HEADER_BYTES = 512;

  private static final int DISKS_AT = 40;

  private static final int MAGIC = 0x4c46504c;

  /** Raised with each change of the format: what another version wrote is not read. */
  private static final int VERSION = 2;

  private static final int CHECKSUM_AT = HEADER_BYTES - Integer.BYTES;

  /** The length and the checksum that precede a record. */
  private static final int FRAME_BYTES = 8;

  /** The longest record with what precedes it: what a buffer has to take. */
  static final int BUFFER_BYTES = PurgeCodec.MAX_RECORD_BYTES + FRAME_BYTES;

  /** Copies the map. */
  LogRecords {
    if (tokens.size() > PurgeLogBeside.MOST_DISKS) {
      throw new InvariantBroken("a log beside more than " + PurgeLogBeside.MOST_DISKS + " disks");
    }
    tokens = Collections.unmodifiableSortedMap(new TreeMap<>(tokens));
  }

  /** Those of a file that knows of nothing before. */
  static LogRecords beside(PurgeLogBeside beside, LongSupplier nonces) {
    Map<Long, Long> made = new TreeMap<>();
    beside.disks().forEach(each -> made.put(hash(each.toString()), nonces.getAsLong()));
    long run = PurgeLogToken.next(0, nonces.getAsLong());
    return new LogRecords(nonces.getAsLong(), run, hash(beside.reach()), made);
  }

  private static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new SipHash(0, 0).hash(bytes, 0, bytes.length);
  }

  /** Those of another file of the same log. */
  LogRecords with(long itsNonce) {
    return new LogRecords(itsNonce, run, reach, tokens);
  }

  /**
   * The same after a run before. A disk that was not in use then, or where purges reach something
   * else by now, keeps its new token: it has missed some.
   */
  LogRecords following(LogRecords before) {
    Map<Long, Long> kept = new TreeMap<>(tokens);
    if (before.reach == reach) {
      kept.replaceAll((disk, made) -> before.tokens.getOrDefault(disk, made));
    }
    return new LogRecords(nonce, PurgeLogToken.next(before.run, run), reach, kept);
  }

  /** That of one of the disks. */
  long token(Path disk) {
    Long token = tokens.get(hash(disk.toString()));
    if (token == null) {
      throw new InvariantBroken("the log is not kept beside " + disk);
    }
    return token;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private int checksum(long at, byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(2 * Long.BYTES).putLong(nonce).putLong(at).flip());
    crc.update(record, 0, record.length);
    return (int) crc.getValue();
  }

  /** The header of such a file. */
  ByteBuffer header() {
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES);
    out.putInt(MAGIC).putInt(VERSION).putLong(nonce).putLong(run).putLong(reach);
    out.putInt(tokens.size()).position(DISKS_AT);
    tokens.forEach((disk, token) -> out.putLong(disk).putLong(token));
    out.putInt(CHECKSUM_AT, checksum(out.array(), CHECKSUM_AT));
    return out.clear();
  }

  /** That of a file; empty if it has none that is right. */
  static Optional<LogRecords> of(OpenFile file) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(HEADER_BYTES);
    boolean whole = file.read(in, 0) == HEADER_BYTES;
    in.clear();
    boolean right =
        whole
            && in.getInt(0) == MAGIC
            && in.getInt(4) == VERSION
            && in.getInt(CHECKSUM_AT) == checksum(in.array(), CHECKSUM_AT);
    int disks = in.getInt(32);
    if (!right || disks < 0 || disks > PurgeLogBeside.MOST_DISKS) {
      return Optional.empty();
    }
    Map<Long, Long> tokens = new TreeMap<>();
    in.position(DISKS_AT);
    for (int i = 0; i < disks; i++) {
      tokens.put(in.getLong(), in.getLong());
    }
    return Optional.of(new LogRecords(in.getLong(8), in.getLong(16), in.getLong(24), tokens));
  }

  /**
   * Reads all records up to the first that is not right.
   *
   * @return where that is, or the file ends
   */
  long read(OpenFile file, Consumer<PurgeRecord> receiver) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    long at = HEADER_BYTES;
    while (true) {
      byte[] record = frame(in, at);
      if (record == null) {
        // It may go on behind what was read.
        in.clear();
        int _ = file.read(in, at);
        record = frame(in.flip(), at);
      }
      Optional<PurgeRecord> read = record == null ? Optional.empty() : PurgeCodec.record(record);
      if (record == null || read.isEmpty()) {
        return at;
      }
      receiver.accept(read.get());
      at += FRAME_BYTES + record.length;
    }
  }

  /** The next one that is in a buffer; null if it is not, or not right. */
  private byte @Nullable [] frame(ByteBuffer in, long at) {
    if (in.remaining() < FRAME_BYTES) {
      return null;
    }
    int length = in.getInt(in.position());
    if (length <= 0 || length > in.remaining() - FRAME_BYTES) {
      return null;
    }
    byte[] record = new byte[length];
    in.get(in.position() + FRAME_BYTES, record);
    if (in.getInt(in.position() + Integer.BYTES) != checksum(at, record)) {
      return null;
    }
    in.position(in.position() + FRAME_BYTES + length);
    return record;
  }

  /**
   * Writes records.
   *
   * @param from where the first one is to be
   * @param out of {@link #BUFFER_BYTES}, for this call
   * @return where the next one is to be
   */
  long write(OpenFile file, long from, List<PurgeRecord> records, ByteBuffer out)
      throws IOException {
    out.clear();
    long at = from;
    for (PurgeRecord each : records) {
      byte[] record = PurgeCodec.encode(each);
      if (out.remaining() < FRAME_BYTES + record.length) {
        file.write(out.flip(), at - out.limit());
        out.clear();
      }
      out.putInt(record.length).putInt(checksum(at, record)).put(record);
      at += FRAME_BYTES + record.length;
    }
    file.write(out.flip(), at - out.limit());
    return at;
  }
}
