package io.landfall.cache;

/**
 * SipHash-2-4 (Aumasson and Bernstein): 64 bits of bytes under a secret key. Who does not know the
 * key cannot find keys that collide, so no client can make another one's object hard to find. The
 * key comes from outside: this room draws no randomness.
 *
 * @param key0 the first half of the secret
 * @param key1 the second half
 */
public record SipHash(long key0, long key1) {
  /** The hash of a part of an array. */
  public long hash(byte[] bytes, int from, int to) {
    return new State(key0, key1).hash(bytes, from, to);
  }

  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long key0, long key1) {
      v0 = key0 ^ 0x736f6d6570736575L;
      v1 = key1 ^ 0x646f72616e646f6dL;
      v2 = key0 ^ 0x6c7967656e657261L;
      v3 = key1 ^ 0x7465646279746573L;
    }

    long hash(byte[] bytes, int from, int to) {
      int at = from;
      for (; to - at >= Long.BYTES; at += Long.BYTES) {
        compress(word(bytes, at, Long.BYTES));
      }
      compress(word(bytes, at, to - at) | ((long) (to - from) << 56));
      v2 ^= 0xff;
      round();
      round();
      round();
      round();
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long word(byte[] bytes, int at, int count) {
      long word = 0;
      for (int i = 0; i < count; i++) {
        word |= (bytes[at + i] & 0xffL) << (8 * i);
      }
      return word;
    }

    private void compress(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    private void round() {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
