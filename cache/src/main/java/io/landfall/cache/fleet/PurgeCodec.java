package io.landfall.cache.fleet;

import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@link PurgeMessage}s as bytes, and back (docs/protocol.md has the format), and {@link
 * PurgeRecord}s for a file, of the same parts. What is not exactly one is none.
 */
public final class PurgeCodec {
  private static final byte VERSION = 1;
  private static final byte COMPARE = 1;
  private static final byte HAVE = 2;
  private static final byte PUSH = 3;
  private static final byte APPLIED = 4;
  private static final byte BUSY = 5;
  private static final byte ENTRIES = 6;
  private static final byte STATE = 7;

  /** The longest record. */
  public static final int MAX_RECORD_BYTES = 256 * 1024;

  /** Not less than a message has beside logs and entries. */
  private static final int HEAD_BYTES = 16;

  /** Not less than a log takes, or the head of a segment. */
  private static final int LOG_BYTES = 128;

  private static final int SOFT = 0x80;
  private static final int BYTE = 0xff;
  private static final int SHORT = 0xffff;

  /** The greatest number of an entry. */
  private static final long MAX_NUMBER = 1L << 62;

  private PurgeCodec() {}

  /** The bytes of a message. */
  public static byte[] encode(PurgeMessage message) {
    ByteBuffer out = ByteBuffer.allocate(mostBytes(message));
    out.put(VERSION);
    switch (message) {
      case PurgeMessage.Compare(List<KnownLog> known, boolean adopts) -> {
        out.put(COMPARE).put(flag(adopts));
        putLogs(out, known);
      }
      case PurgeMessage.Have(List<KnownLog> known, List<Segment> entries) -> {
        out.put(HAVE);
        putLogs(out, known);
        out.putShort((short) entries.size());
        entries.forEach(each -> putSegment(out, each));
      }
      case PurgeMessage.Push(Segment entries) -> {
        out.put(PUSH);
        putSegment(out, entries);
      }
      case PurgeMessage.Applied(KnownLog known) -> {
        out.put(APPLIED);
        putLog(out, known);
      }
      case PurgeMessage.Busy _ -> out.put(BUSY);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The bytes of a record. */
  public static byte[] encode(PurgeRecord record) {
    List<Segment> entries =
        record instanceof PurgeRecord.Entries some ? List.of(some.segment()) : List.of();
    ByteBuffer out = ByteBuffer.allocate(mostBytes(List.of(), entries) + LOG_BYTES);
    out.put(VERSION);
    switch (record) {
      case PurgeRecord.Entries(Segment segment, boolean byOrigin) -> {
        out.put(ENTRIES).put(flag(byOrigin));
        putSegment(out, segment);
      }
      case PurgeRecord.State(KnownLog known) -> {
        out.put(STATE);
        putLog(out, known);
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static int mostBytes(PurgeMessage message) {
    return switch (message) {
      case PurgeMessage.Compare compare -> mostBytes(compare.known(), List.of());
      case PurgeMessage.Have have -> mostBytes(have.known(), have.entries());
      case PurgeMessage.Push push -> mostBytes(List.of(), List.of(push.entries()));
      case PurgeMessage.Applied _, PurgeMessage.Busy _ -> HEAD_BYTES + LOG_BYTES;
    };
  }

  private static int mostBytes(List<KnownLog> known, List<Segment> entries) {
    int bytes = HEAD_BYTES + LOG_BYTES * (known.size() + entries.size());
    for (Segment each : entries) {
      bytes += each.purges().stream().mapToInt(FleetPurge::bytes).sum();
    }
    return bytes;
  }

  private static byte flag(boolean on) {
    return (byte) (on ? 1 : 0);
  }

  private static void putLogs(ByteBuffer out, List<KnownLog> known) {
    out.putShort((short) known.size());
    known.forEach(each -> putLog(out, each));
  }

  private static void putLog(ByteBuffer out, KnownLog log) {
    putId(out, log.id());
    out.putLong(log.floor())
        .putLong(log.through())
        .putLong(log.direct())
        .put(flag(log.forgotten()));
  }

  private static void putId(ByteBuffer out, LogId id) {
    byte[] name = id.origin().value().getBytes(StandardCharsets.US_ASCII);
    out.put((byte) name.length).put(name).putLong(id.incarnation());
  }

  private static void putSegment(ByteBuffer out, Segment segment) {
    putId(out, segment.id());
    out.putLong(segment.first()).put(flag(segment.fromFloor()));
    out.putShort((short) segment.purges().size());
    for (FleetPurge purge : segment.purges()) {
      byte[] what = purge.what().getBytes(StandardCharsets.UTF_8);
      if (what.length > FleetPurge.MAX_BYTES) {
        throw new InvariantBroken("what is purged has at most " + FleetPurge.MAX_BYTES + " bytes");
      }
      out.put((byte) (purge.kind().code() | (purge.soft() ? SOFT : 0)));
      out.putShort((short) what.length).put(what);
    }
  }

  /** The request that these bytes are; empty if they are none. */
  public static Optional<PurgeMessage.Request> request(byte[] bytes) {
    return decode(bytes)
        .filter(PurgeMessage.Request.class::isInstance)
        .map(PurgeMessage.Request.class::cast);
  }

  /** The answer that these bytes are; empty if they are none. */
  public static Optional<PurgeMessage.Reply> reply(byte[] bytes) {
    return decode(bytes)
        .filter(PurgeMessage.Reply.class::isInstance)
        .map(PurgeMessage.Reply.class::cast);
  }

  /** The record that these bytes are; empty if they are none. */
  public static Optional<PurgeRecord> record(byte[] bytes) {
    return decode(bytes, MAX_RECORD_BYTES, PurgeCodec::record);
  }

  private static Optional<PurgeMessage> decode(byte[] bytes) {
    return decode(bytes, PurgeMessage.MAX_BYTES, PurgeCodec::message);
  }

  /** Reads one thing. */
  private interface Reader<T> {
    T read(ByteBuffer in) throws CharacterCodingException;
  }

  private static <T> Optional<T> decode(byte[] bytes, int most, Reader<T> reader) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      check(bytes.length <= most);
      T read = reader.read(in);
      return in.hasRemaining() ? Optional.empty() : Optional.of(read);
    } catch (BufferUnderflowException | IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static PurgeMessage message(ByteBuffer in) throws CharacterCodingException {
    check(in.get() == VERSION);
    return switch (in.get()) {
      case COMPARE -> {
        boolean adopts = flag(in);
        yield new PurgeMessage.Compare(logs(in), adopts);
      }
      case HAVE -> {
        List<KnownLog> known = logs(in);
        int count = in.getShort() & SHORT;
        check(count <= PurgeMessage.MAX_LOGS);
        List<Segment> entries = new ArrayList<>();
        int left = PurgeMessage.MAX_ENTRIES;
        for (int i = 0; i < count; i++) {
          Segment each = segment(in);
          left -= each.purges().size();
          check(left >= 0);
          entries.add(each);
        }
        yield new PurgeMessage.Have(known, entries);
      }
      case PUSH -> new PurgeMessage.Push(segment(in));
      case APPLIED -> new PurgeMessage.Applied(log(in));
      case BUSY -> new PurgeMessage.Busy();
      default -> throw new IllegalArgumentException("another type of message");
    };
  }

  private static PurgeRecord record(ByteBuffer in) throws CharacterCodingException {
    check(in.get() == VERSION);
    return switch (in.get()) {
      case ENTRIES -> {
        boolean byOrigin = flag(in);
        yield new PurgeRecord.Entries(segment(in), byOrigin);
      }
      case STATE -> new PurgeRecord.State(log(in));
      default -> throw new IllegalArgumentException("another type of record");
    };
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("not a message");
    }
  }

  private static boolean flag(ByteBuffer in) {
    byte value = in.get();
    check(value == 0 || value == 1);
    return value == 1;
  }

  private static List<KnownLog> logs(ByteBuffer in) {
    int count = in.getShort() & SHORT;
    check(count <= PurgeMessage.MAX_LOGS);
    List<KnownLog> known = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      known.add(log(in));
    }
    return known;
  }

  private static KnownLog log(ByteBuffer in) {
    LogId id = id(in);
    long floor = in.getLong();
    long through = in.getLong();
    long direct = in.getLong();
    check(through >= 0 && through <= MAX_NUMBER && direct >= 0 && direct <= through);
    check(floor >= 1 && floor <= through + 1);
    return new KnownLog(id, floor, through, direct, flag(in));
  }

  private static LogId id(ByteBuffer in) {
    byte[] name = new byte[in.get() & BYTE];
    in.get(name);
    long incarnation = in.getLong();
    check(incarnation >= 0 && incarnation <= LogId.MAX_INCARNATION);
    return new LogId(new NodeName(new String(name, StandardCharsets.ISO_8859_1)), incarnation);
  }

  private static Segment segment(ByteBuffer in) throws CharacterCodingException {
    LogId id = id(in);
    long first = in.getLong();
    check(first >= 1 && first <= MAX_NUMBER);
    boolean fromFloor = flag(in);
    int count = in.getShort() & SHORT;
    check(count >= 1 && count <= PurgeMessage.MAX_ENTRIES);
    // The last one too: a number beyond is one that no other node would take of this one again.
    check(first + count - 1 <= MAX_NUMBER);
    List<FleetPurge> purges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int head = in.get() & BYTE;
      Optional<FleetPurge.Kind> kind = FleetPurge.Kind.of(head & ~SOFT);
      int length = in.getShort() & SHORT;
      check(kind.isPresent() && length >= 1);
      check(length <= FleetPurge.MAX_BYTES && length <= in.remaining());
      String what =
          StandardCharsets.UTF_8.newDecoder().decode(in.slice(in.position(), length)).toString();
      in.position(in.position() + length);
      purges.add(new FleetPurge(kind.orElseThrow(), what, (head & SOFT) != 0));
    }
    return new Segment(id, first, fromFloor, purges);
  }
}
