package io.landfall.checks.drill;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The UPDATEs of an MRT file (RFC 6396), as whole BGP messages of peers with four-octet AS numbers.
 *
 * <p>The reader is strict: a record that is not BGP4MP, a length that does not add up or a marker
 * that is not all ones is an error, since a drill with half of its data proves half. Records of
 * subtype 1 hold messages of two-octet sessions; their AS_PATH and AGGREGATOR are widened (RFC 6793
 * section 4.2.3) and everything else is left as it came, so an AS4_PATH stays and has to be
 * discarded by whoever hears it.
 */
final class InternetUpdates {
  private static final String RESOURCE = "/internet-updates/rrc15-updates.20100227.1600.gz";

  /** What of the data breaks a rule beside its prefixes: counted here from the file's bytes. */
  private static final long AGGREGATES = 406 + 668;

  private static final long AS4_PATHS = 3;

  /** What a node refuses of it that believes nothing but host routes of its block, by rule. */
  static final Map<String, Long> REFUSALS =
      Map.of(
          "not-host-length",
          52_467L,
          "outside-block",
          1L,
          "unwanted-attribute",
          AGGREGATES,
          "malformed-attribute-discarded",
          AS4_PATHS);

  private static final int BGP4MP = 16;
  private static final int STATE_CHANGE = 0;
  private static final int MESSAGE = 1;
  private static final int MESSAGE_AS4 = 4;
  private static final int STATE_CHANGE_AS4 = 5;

  private static final int UPDATE = 2;
  private static final int HEADER_BYTES = 19;
  private static final int EXTENDED_LENGTH = 0x10;
  private static final int AS_PATH = 2;
  private static final int AGGREGATOR = 7;

  private InternetUpdates() {}

  /** Every UPDATE of the file in the tree, in order. */
  static List<byte[]> all() {
    try (InputStream in = InternetUpdates.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new AssertionError(RESOURCE + " is not there");
      }
      return read(new GZIPInputStream(in).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  /**
   * What is refused of it by eBGP: every path begins with another AS than the peer's, so every
   * UPDATE that announces something is a withdrawal (RFC 4271 section 6.3, RFC 7606).
   */
  static Map<String, Long> refusalsByEbgp(List<byte[]> updates) {
    return Map.of(
        "treat-as-withdraw",
        updates.stream().filter(u -> !Wires.prefixes(u).announced().isEmpty()).count(),
        "unwanted-attribute",
        AGGREGATES,
        "malformed-attribute-discarded",
        AS4_PATHS);
  }

  /** The UPDATEs among the records of an MRT file. */
  static List<byte[]> read(byte[] mrt) {
    List<byte[]> updates = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(mrt);
    while (in.hasRemaining()) {
      must(in.remaining() >= 12, "an MRT header is cut off");
      in.getInt(); // seconds
      int type = Short.toUnsignedInt(in.getShort());
      int subtype = Short.toUnsignedInt(in.getShort());
      int length = in.getInt();
      must(type == BGP4MP, "record type " + type);
      must(length >= 0 && length <= in.remaining(), "a record of " + length + " bytes");
      ByteBuffer record = in.slice(in.position(), length);
      in.position(in.position() + length);
      switch (subtype) {
        case STATE_CHANGE, STATE_CHANGE_AS4 -> {}
        case MESSAGE, MESSAGE_AS4 -> message(record, subtype == MESSAGE_AS4, updates);
        default -> throw new AssertionError("BGP4MP subtype " + subtype);
      }
    }
    return updates;
  }

  private static void message(ByteBuffer record, boolean as4, List<byte[]> updates) {
    record.position(as4 ? 10 : 6); // the two AS numbers and the interface
    int addressBytes =
        switch (record.getShort()) {
          case 1 -> 4;
          case 2 -> 16;
          default -> throw new AssertionError("an address family that is neither IPv4 nor IPv6");
        };
    record.position(record.position() + 2 * addressBytes);
    byte[] message = new byte[record.remaining()];
    record.get(message);
    must(message.length >= HEADER_BYTES, "a message of " + message.length + " bytes");
    for (int i = 0; i < 16; i++) {
      must(message[i] == (byte) 0xff, "the marker is not all ones");
    }
    must(u16(message, 16) == message.length, "the message's length is not the record's");
    if (message[18] == UPDATE) {
      updates.add(as4 ? message : widened(message));
    }
  }

  private static byte[] widened(byte[] message) {
    int withdrawnEnd = HEADER_BYTES + 2 + u16(message, HEADER_BYTES);
    int attributesEnd = withdrawnEnd + 2 + u16(message, withdrawnEnd);
    ByteArrayOutputStream attributes = new ByteArrayOutputStream();
    int at = withdrawnEnd + 2;
    while (at < attributesEnd) {
      boolean extended = (message[at] & EXTENDED_LENGTH) != 0;
      int value = at + (extended ? 4 : 3);
      int end = value + (extended ? u16(message, at + 2) : message[at + 2] & 0xff);
      must(end <= attributesEnd, "an attribute overruns the others");
      switch (message[at + 1]) {
        case AS_PATH -> attribute(attributes, message, at, widenedPath(message, value, end));
        case AGGREGATOR -> {
          ByteArrayOutputStream wide = new ByteArrayOutputStream();
          wide.writeBytes(new byte[2]);
          wide.write(message, value, end - value);
          attribute(attributes, message, at, wide.toByteArray());
        }
        default -> attributes.write(message, at, end - at);
      }
      at = end;
    }
    int withdrawnBytes = withdrawnEnd + 2 - HEADER_BYTES;
    int total = HEADER_BYTES + withdrawnBytes + attributes.size() + message.length - attributesEnd;
    ByteBuffer out = ByteBuffer.allocate(total);
    out.put(message, 0, withdrawnEnd).putShort((short) attributes.size());
    out.put(attributes.toByteArray());
    out.put(message, attributesEnd, message.length - attributesEnd);
    return out.putShort(16, (short) total).array();
  }

  private static void attribute(
      ByteArrayOutputStream out, byte[] message, int header, byte[] value) {
    out.write(message[header] | EXTENDED_LENGTH);
    out.write(message[header + 1]);
    out.write(value.length >>> 8);
    out.write(value.length);
    out.writeBytes(value);
  }

  private static byte[] widenedPath(byte[] message, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = from;
    while (at < to) {
      int count = message[at + 1] & 0xff;
      must(at + 2 + 2 * count <= to, "a segment overruns its AS_PATH");
      out.write(message, at, 2);
      at += 2;
      for (int i = 0; i < count; i++, at += 2) {
        out.writeBytes(new byte[2]);
        out.write(message, at, 2);
      }
    }
    return out.toByteArray();
  }

  static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private static void must(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
