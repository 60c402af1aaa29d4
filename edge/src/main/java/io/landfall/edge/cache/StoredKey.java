package io.landfall.edge.cache;

import io.landfall.cache.KeyBuffer;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.Slices;
import java.util.Arrays;

/** A primary key (RFC 9111 section 2) as it is kept. */
final class StoredKey {
  /** An odd number that spreads slices: 2^64 divided by the golden ratio. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final byte[] bytes;
  private final long fingerprint;
  private final long slice;

  private StoredKey(byte[] bytes, long fingerprint, long slice) {
    this.bytes = bytes;
    this.fingerprint = fingerprint;
    this.slice = slice;
  }

  /** What a buffer holds now. */
  static StoredKey of(KeyBuffer buffer) {
    return new StoredKey(buffer.toBytes(), buffer.fingerprint(), Slices.WHOLE);
  }

  /** The key of a slice of what this is the key of. */
  StoredKey ofSlice(long number) {
    return new StoredKey(bytes, fingerprint + (number + 1) * GOLDEN, number);
  }

  /** It, behind something. */
  byte[] behind(byte[] prefix) {
    byte[] all = Arrays.copyOf(prefix, prefix.length + bytes.length);
    System.arraycopy(bytes, 0, all, prefix.length, bytes.length);
    return all;
  }

  /** Where what is stored under it belongs, in a service. */
  PurgeMarks.Place place(String service) {
    return KeyBuffer.place(bytes, service);
  }

  /** How many bytes it takes. */
  int length() {
    return bytes.length;
  }

  /** A hash of it under the secret of this process: different keys nearly never have the same. */
  long fingerprint() {
    return fingerprint;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredKey key
        && fingerprint == key.fingerprint
        && slice == key.slice
        && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(fingerprint);
  }
}
