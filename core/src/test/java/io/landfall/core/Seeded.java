package io.landfall.core;

import java.util.function.Consumer;

/**
 * A small seeded generator for properties: the same seed draws the same values on every machine.
 *
 * <p>SplitMix64 (Steele, Lea, Flood 2014). A property is a body that is run for many seeds; when it
 * fails, the error names the seed, and {@code Seeded.once(seed, body)} repeats exactly that run.
 */
public final class Seeded {
  private static final int RUNS = 2000;

  private long state;

  /** A generator that starts from this seed. */
  public Seeded(long seed) {
    this.state = seed;
  }

  /** Runs a property for {@value #RUNS} seeds. */
  public static void always(Consumer<Seeded> property) {
    for (long seed = 0; seed < RUNS; seed++) {
      once(seed, property);
    }
  }

  /** Runs a property for one seed, and names that seed when it fails. */
  public static void once(long seed, Consumer<Seeded> property) {
    try {
      property.accept(new Seeded(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("fails for seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** 64 uniform bits. */
  public long bits() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number from 0 up to, not including, the bound. */
  public int below(int bound) {
    return (int) Long.remainderUnsigned(bits(), bound);
  }

  /** A number from the first to the last, both included. */
  public int between(int first, int last) {
    return first + below(last - first + 1);
  }

  /** A coin. */
  public boolean flip() {
    return bits() < 0;
  }

  /** Uniform bytes. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) bits();
    }
    return bytes;
  }

  /**
   * An address of 4 or 16 bytes. Half of the 16-bit groups are zero, so that the compressed forms
   * of RFC 5952 come up often.
   */
  public byte[] address(boolean ipv4) {
    byte[] address = bytes(ipv4 ? 4 : 16);
    for (int group = 0; group + 1 < address.length; group += 2) {
      if (flip()) {
        address[group] = 0;
        address[group + 1] = flip() ? (byte) 0 : address[group + 1];
      }
    }
    return address;
  }

  /** A block of either family and of any size that is allowed. */
  public Block block() {
    boolean ipv4 = flip();
    int hostLength = ipv4 ? 32 : 128;
    int prefixLength = between(hostLength - Block.MAX_HOST_BITS, hostLength);
    byte[] network = address(ipv4);
    for (int bit = prefixLength; bit < hostLength; bit++) {
      network[bit >> 3] &= (byte) ~(0x80 >>> (bit & 7));
    }
    return Block.of(network, prefixLength);
  }
}
