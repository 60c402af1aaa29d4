package io.landfall.edge.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * Whole lines as bytes, and the one that is being written. All that strangers chose is written so
 * that it can neither end a line nor a text: what is not visible ASCII is escaped.
 */
public final class LineBytes {
  /** The most bytes of a line; who writes one keeps to it. */
  public static final int MAX_LINE = 48 * 1024;

  /** What one piece of memory takes. */
  static final int SIZE = 64 * 1024;

  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

  private final byte[] bytes = new byte[SIZE];
  private int length;
  private int lines;

  /** None yet. */
  public LineBytes() {}

  int room() {
    return SIZE - length;
  }

  int lines() {
    return lines;
  }

  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  void clear() {
    length = 0;
    lines = 0;
  }

  /** Ends the line, takes all there is, and begins anew. */
  public String takeText() {
    end();
    String text = new String(bytes, 0, length, US_ASCII);
    clear();
    return text;
  }

  void end() {
    bytes[length++] = '\n';
    lines++;
  }

  /** Text of this program: ASCII, written as it is. */
  @SuppressWarnings("deprecation") // Copies without an encoder.
  public LineBytes text(String ascii) {
    ascii.getBytes(0, ascii.length(), bytes, length);
    length += ascii.length();
    return this;
  }

  /** A number. */
  public LineBytes number(long value) {
    if (value < 0) {
      bytes[length++] = '-';
      return number(-value);
    }
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /** Text of others inside a JSON string (RFC 8259 section 7), cut at so many characters. */
  public LineBytes json(CharSequence text, int most) {
    int end = Math.min(text.length(), most);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = (byte) c;
      } else if (c >= ' ' && c <= '~') {
        bytes[length++] = (byte) c;
      } else {
        text("\\u00");
        hex(c);
      }
    }
    return this;
  }

  /** Text of others inside the quotes of the Combined format, escaped as nginx does. */
  public LineBytes quoted(CharSequence text, int most) {
    int end = Math.min(text.length(), most);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        text("\\x");
        hex(c);
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return this;
  }

  /** Fields are octets; of a wider character the low byte is shown. */
  private void hex(char c) {
    bytes[length++] = HEX[c >> 4 & 0xf];
    bytes[length++] = HEX[c & 0xf];
  }
}
