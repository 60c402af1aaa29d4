package io.landfall.checks.soak;

import io.landfall.testkit.Octets;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** HTTP/2 by hand (RFC 9113, RFC 7541), either side, as far as attacks need it. */
final class H2Frames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  /** The static table's {@code :status: 200}. */
  static final byte OK = (byte) 0x88;

  /** The first entry of the dynamic table: one byte for a whole field. */
  static final byte NEWEST = (byte) 0xbe;

  private static final int HEADER_BYTES = 9;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final DataInputStream in;
  private final OutputStream out;

  /** A frame that was read. */
  record Frame(int type, int flags, int stream, ByteBuffer payload) {
    /** Whether a block of fields begins with status 200, whatever the table's size became. */
    boolean isOk() {
      int at = 0;
      while (at < payload.limit() && (payload.get(at) & 0xe0) == 0x20) {
        at += (payload.get(at) & 0x1f) == 0x1f ? 3 : 1;
      }
      return at < payload.limit() && payload.get(at) == OK;
    }
  }

  H2Frames(Socket socket) throws IOException {
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Begins as a client, with this window for each of the answers. */
  void begin(int window) throws IOException {
    synchronized (out) {
      out.write(PREFACE);
    }
    settings(window);
  }

  /** Begins as a server. */
  void answer() throws IOException {
    in.skipNBytes(PREFACE.length);
    settings(65_535);
  }

  private void settings(int window) throws IOException {
    write(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
  }

  void write(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    frame.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    synchronized (out) {
      out.write(frame.array());
      out.flush();
    }
  }

  /** Reads a frame; answers SETTINGS and PING itself. */
  Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
      write(type, ACK, 0, type == PING ? payload : new byte[0]);
    }
    return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
  }

  /** A request's fields: GET over https, then these. */
  static byte[] request(String authority, String path, byte[]... more) {
    return Octets.join(
        new byte[] {(byte) 0x82, (byte) 0x87},
        literal(4, path),
        literal(1, authority),
        Octets.join(more));
  }

  /** A field whose name stands in the static table, not to be indexed. */
  static byte[] literal(int nameIndex, String value) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    integer(field, 0, 4, nameIndex);
    text(field, value);
    return field.toByteArray();
  }

  /** A field with a name of its own. */
  static byte[] field(String name, String value, boolean indexed) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    field.write(indexed ? 0x40 : 0);
    text(field, name);
    text(field, value);
    return field.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    integer(out, 0, 7, text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void integer(ByteArrayOutputStream out, int prefix, int bits, int value) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.write(prefix | value);
      return;
    }
    out.write(prefix | most);
    int left = value - most;
    while (left >= 0x80) {
      out.write((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }
}
