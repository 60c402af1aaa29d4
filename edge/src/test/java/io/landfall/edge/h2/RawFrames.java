package io.landfall.edge.h2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames of HTTP/2 (RFC 9113 section 4) byte by byte, legal or not, and what came back. */
public final class RawFrames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final int HEADER_TABLE_SIZE = 1;
  static final int MAX_HEADER_LIST_SIZE = 6;
  static final int INITIAL_WINDOW_SIZE = 4;

  /** One frame that came back. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    /** The error code of a GOAWAY or RST_STREAM. */
    int error() {
      return number(payload, type == GOAWAY ? 4 : 0, 4);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public byte[] bytes() {
    return out.toByteArray();
  }

  public RawFrames preface() {
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  public RawFrames frame(int type, int flags, int stream, byte[] payload) {
    number(payload.length, 3);
    number(type, 1);
    number(flags, 1);
    number(stream, 4);
    out.writeBytes(payload);
    return this;
  }

  /** SETTINGS with one parameter, or with none if its number is 0. */
  public RawFrames settings(int id, int value) {
    RawFrames payload = new RawFrames();
    if (id != 0) {
      payload.number(id, 2);
      payload.number(value, 4);
    }
    return frame(SETTINGS, 0, 0, payload.bytes());
  }

  public RawFrames ping() {
    return frame(PING, 0, 0, new byte[8]);
  }

  public RawFrames reset(int stream) {
    return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
  }

  public RawFrames windowUpdate(int stream, int increment) {
    return frame(WINDOW_UPDATE, 0, stream, new RawFrames().number(increment, 4).bytes());
  }

  /** So many of some bytes, whatever they are. */
  RawFrames raw(byte[] bytes, int length) {
    out.write(bytes, 0, length);
    return this;
  }

  /** A whole head, in one frame. */
  public RawFrames headers(int stream, boolean ended, byte[] block) {
    return frame(HEADERS, END_HEADERS | (ended ? END_STREAM : 0), stream, block);
  }

  RawFrames number(int value, int octets) {
    for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
      out.write(value >>> shift);
    }
    return this;
  }

  static int number(byte[] from, int at, int octets) {
    int value = 0;
    for (int i = 0; i < octets; i++) {
      value = (value << 8) | (from[at + i] & 0xff);
    }
    return value;
  }

  /** HPACK (RFC 7541): GET of a path at a host, all of it literal but what the static table has. */
  static byte[] get(String host, String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x82);
    block.write(0x86);
    block.write(0x01);
    block.writeBytes(text(host));
    block.write(0x04);
    block.writeBytes(text(path));
    return block.toByteArray();
  }

  /** A field that is put into the dynamic table, and then repeated by one byte each time. */
  static byte[] repeated(String name, String value, int times) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x40);
    block.writeBytes(text(name));
    block.writeBytes(text(value));
    for (int i = 1; i < times; i++) {
      block.write(0xbe);
    }
    return block.toByteArray();
  }

  static byte[] joined(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  private static byte[] text(String text) {
    if (text.length() > 126) {
      throw new IllegalArgumentException("longer than one octet of HPACK holds");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** The next frame, however long that takes. */
  static Frame read(InputStream in) throws IOException {
    byte[] head = in.readNBytes(9);
    return parse(joined(head, in.readNBytes(number(head, 0, 3)))).getFirst();
  }

  /** The whole frames at the start of what came back. */
  static List<Frame> parse(byte[] from) {
    List<Frame> frames = new ArrayList<>();
    int at = 0;
    while (at + 9 <= from.length && at + 9 + number(from, at, 3) <= from.length) {
      byte[] payload = new byte[number(from, at, 3)];
      System.arraycopy(from, at + 9, payload, 0, payload.length);
      frames.add(new Frame(from[at + 3], from[at + 4], number(from, at + 5, 4), payload));
      at += 9 + payload.length;
    }
    return frames;
  }
}
