package io.landfall.edge;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A frame of WebSocket (RFC 6455 section 5.2), without its mask.
 *
 * @param last whether it is the last one of its message
 * @param opcode what it is
 * @param masked whether it was masked on its way, or will be
 * @param payload what it carries
 */
public record WebSocketFrame(boolean last, int opcode, boolean masked, byte[] payload) {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  /** What a control frame carries at most. */
  public static final int MOST_OF_CONTROL = 125;

  private static final int LAST = 0x80;
  private static final int RESERVED_OR_UNKNOWN = 0x74;
  private static final int MASKED = 0x80;
  private static final int TWO_OCTETS = 126;
  private static final int EIGHT_OCTETS = 127;
  private static final int MOST_OF_TWO_OCTETS = 0xffff;

  /** What breaks the format. */
  public static final class Malformed extends IOException {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
      super(why);
    }
  }

  /** Whether it is about the connection, and may stand between the fragments of a message. */
  public boolean isControl() {
    return opcode >= CLOSE;
  }

  /** The same as its receiver sends it back, who masks if this one did not. */
  public WebSocketFrame answeredAs(int other) {
    return new WebSocketFrame(last, other, !masked, payload);
  }

  /** Reads the next one, of which everything is looked at that its format says. */
  public static WebSocketFrame read(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    if ((first & RESERVED_OR_UNKNOWN) != 0 || (first & 0x03) == 0x03) {
      throw new Malformed("reserved bits or an unknown opcode: " + first);
    }
    long length = second & ~MASKED;
    if (length == TWO_OCTETS) {
      length = atLeast(TWO_OCTETS, in.readUnsignedShort());
    } else if (length == EIGHT_OCTETS) {
      length = atLeast(MOST_OF_TWO_OCTETS + 1L, in.readLong());
    }
    boolean last = (first & LAST) != 0;
    int opcode = first & 0x0f;
    if (opcode >= CLOSE && (!last || length > MOST_OF_CONTROL)) {
      throw new Malformed("a control frame that is a fragment or too long");
    }
    boolean masked = (second & MASKED) != 0;
    byte[] key = new byte[4];
    if (masked) {
      in.readFully(key);
    }
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    return new WebSocketFrame(last, opcode, masked, xor(payload, key));
  }

  private static long atLeast(long least, long length) throws Malformed {
    if (length < least) {
      throw new Malformed("a length in more octets than it takes: " + length);
    }
    return length;
  }

  /** The bytes on the wire, masked with this key if it is masked at all. */
  public byte[] bytes(int key) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte((last ? LAST : 0) | opcode);
      int mask = masked ? MASKED : 0;
      if (payload.length < TWO_OCTETS) {
        out.writeByte(mask | payload.length);
      } else if (payload.length <= MOST_OF_TWO_OCTETS) {
        out.writeByte(mask | TWO_OCTETS);
        out.writeShort(payload.length);
      } else {
        out.writeByte(mask | EIGHT_OCTETS);
        out.writeLong(payload.length);
      }
      if (masked) {
        out.writeInt(key);
        byte[] octets = {(byte) (key >> 24), (byte) (key >> 16), (byte) (key >> 8), (byte) key};
        out.write(xor(payload, octets));
      } else {
        out.write(payload);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] xor(byte[] payload, byte[] key) {
    byte[] result = payload.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] ^= key[i % 4];
    }
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WebSocketFrame that
        && last == that.last
        && opcode == that.opcode
        && masked == that.masked
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return 31 * opcode + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    return opcode + (last ? ", last, " : ", ") + payload.length + " bytes";
  }
}
