package io.landfall.edge.http;

import io.landfall.cache.FieldSection;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a message in the order in which they came; names in lower case. A flat list,
 * because a proxy mostly walks over all of them once.
 */
public final class FieldLines implements FieldSection {
  private AsciiString[] names;
  private AsciiString[] values;
  private int size;

  /** None yet, with room for a usual head. */
  public FieldLines() {
    this(16);
  }

  /** None yet, with room for so many. */
  public FieldLines(int capacity) {
    names = new AsciiString[capacity];
    values = new AsciiString[capacity];
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
      names = Arrays.copyOf(names, size * 2);
      values = Arrays.copyOf(values, size * 2);
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
