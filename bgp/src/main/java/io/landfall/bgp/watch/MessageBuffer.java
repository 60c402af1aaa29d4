package io.landfall.bgp.watch;

import io.landfall.core.InvariantBroken;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow as they are written, in network byte order. */
final class MessageBuffer {
  private static final int FIRST_BYTES = 128;

  private byte[] array = new byte[FIRST_BYTES];
  private int size;

  int size() {
    return size;
  }

  MessageBuffer u8(int value) {
    room(1);
    array[size++] = (byte) value;
    return this;
  }

  MessageBuffer u16(int value) {
    if (value >>> 16 != 0) {
      throw new InvariantBroken(value + " does not fit in two bytes");
    }
    return u8(value >>> 8).u8(value);
  }

  MessageBuffer u32(int value) {
    return u8(value >>> 24).u8(value >>> 16).u8(value >>> 8).u8(value);
  }

  MessageBuffer u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  MessageBuffer bytes(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, array, size, value.length);
    size += value.length;
    return this;
  }

  MessageBuffer zeros(int count) {
    room(count);
    size += count;
    return this;
  }

  /** UTF-8, cut at a character's edge where it would have more bytes than may stand here. */
  MessageBuffer text(String value, int mostBytes) {
    return bytes(utf8(value, mostBytes));
  }

  static byte[] utf8(String value, int mostBytes) {
    byte[] all = value.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(all.length, mostBytes);
    while (length < all.length && length > 0 && (all[length] & 0xC0) == 0x80) {
      length--;
    }
    return Arrays.copyOf(all, length);
  }

  /** Fills in four bytes that were left free before. */
  void putU32(int at, int value) {
    array[at] = (byte) (value >>> 24);
    array[at + 1] = (byte) (value >>> 16);
    array[at + 2] = (byte) (value >>> 8);
    array[at + 3] = (byte) value;
  }

  byte[] take() {
    return Arrays.copyOf(array, size);
  }

  private void room(int count) {
    if (size + count > array.length) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, size + count));
    }
  }
}
