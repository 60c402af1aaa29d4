package io.landfall.edge.http;

import io.landfall.cache.FieldSection;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a message in the order in which they came; names in lower case. A flat list,
 * because a proxy mostly walks over all of them once.
 */
public final class FieldLines implements FieldSection {
  private static final byte[] NOT_ENCODED = {};

  private AsciiString[] names;
  private AsciiString[] values;
  private int size;

  // The first lines as HTTP/1.1 writes them, where they are sent again and again.
  private byte[] encoded = NOT_ENCODED;
  private int encodedLines;

  /** None yet, with room for a usual head. */
  public FieldLines() {
    this(16);
  }

  /** None yet, with room for so many. */
  public FieldLines(int capacity) {
    names = new AsciiString[capacity];
    values = new AsciiString[capacity];
  }

  /**
   * Lines that are sent again and again, with room for others behind them.
   *
   * @param encoded what {@link #encode} gave of them
   */
  public static FieldLines startingWith(FieldLines first, byte[] encoded, int more) {
    FieldLines lines = new FieldLines(first.size + more);
    System.arraycopy(first.names, 0, lines.names, 0, first.size);
    System.arraycopy(first.values, 0, lines.values, 0, first.size);
    lines.size = first.size;
    lines.encoded = encoded;
    lines.encodedLines = first.size;
    return lines;
  }

  /** The lines as HTTP/1.1 writes them (RFC 9112 section 5). */
  public byte[] encode() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(names[i]).append(": ").append(values[i]).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The first lines as HTTP/1.1 writes them; nothing unless they were encoded beforehand. */
  public byte[] encoded() {
    return encoded;
  }

  /** How many lines that is. */
  public int encodedLines() {
    return encodedLines;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public AsciiString name(int index) {
    return names[index];
  }

  @Override
  public AsciiString value(int index) {
    return values[index];
  }

  /** Adds a line at the end; the name is in lower case. */
  public void add(AsciiString name, AsciiString value) {
    if (size == names.length) {
      names = Arrays.copyOf(names, size * 2 + 1);
      values = Arrays.copyOf(values, size * 2 + 1);
    }
    names[size] = name;
    values[size] = value;
    size++;
  }

  /** The value of the first line of that name, or null. */
  public @Nullable AsciiString first(AsciiString name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    return null;
  }

  /** Whether there is a line of that name. */
  public boolean has(AsciiString name) {
    return first(name) != null;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(names[i]).append(": ").append(values[i]).append('\n');
    }
    return text.toString();
  }
}
