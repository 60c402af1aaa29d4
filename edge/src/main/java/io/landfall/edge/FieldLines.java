package io.landfall.edge;

import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a message in the order in which they came; names in lower case. A flat list,
 * because a proxy mostly walks over all of them once.
 */
final class FieldLines {
  private AsciiString[] names;
  private AsciiString[] values;
  private int size;

  FieldLines() {
    this(16);
  }

  FieldLines(int capacity) {
    names = new AsciiString[capacity];
    values = new AsciiString[capacity];
  }

  int size() {
    return size;
  }

  AsciiString name(int index) {
    return names[index];
  }

  AsciiString value(int index) {
    return values[index];
  }

  void add(AsciiString name, AsciiString value) {
    if (size == names.length) {
      names = Arrays.copyOf(names, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    names[size] = name;
    values[size] = value;
    size++;
  }

  /** The value of the first line of that name, or null. */
  @Nullable AsciiString first(AsciiString name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    return null;
  }

  boolean has(AsciiString name) {
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
