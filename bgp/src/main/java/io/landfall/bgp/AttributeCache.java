package io.landfall.bgp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attribute bytes to their meaning, so that a run of messages with one attribute set parses it once
 * and all its routes share one {@link PathAttributes}. Direct-mapped and bounded: a newcomer takes
 * the place of whatever hashed there, and what is forgotten is merely parsed again.
 */
final class AttributeCache {
  /** Sets kept; about as many as the nodes behind a large reflector. */
  private static final int SLOTS = 1024;

  /** Longer sets are rare and not worth the memory. */
  private static final int MAX_KEY_BYTES = 256;

  private static final int INITIAL_SLOTS = 16;

  /** The multiplier of FNV-1a for 32 bits. */
  private static final int FNV_PRIME = 0x01000193;

  private record Entry(byte[] key, int hash, ParsedAttributes parsed) {
    boolean is(byte[] bytes, int length) {
      return Arrays.equals(key, 0, key.length, bytes, 0, length);
    }
  }

  private final DecodeRules rules;
  private @Nullable Entry[] slots = new @Nullable Entry[INITIAL_SLOTS];
  private int misses;
  private @Nullable Entry last;

  AttributeCache(DecodeRules rules) {
    this.rules = rules;
  }

  /** The meaning of the first bytes of an array. */
  ParsedAttributes get(byte[] bytes, int length) {
    Entry previous = last;
    if (previous != null && previous.is(bytes, length)) {
      return previous.parsed();
    }
    if (length > MAX_KEY_BYTES) {
      return AttributeParser.parse(rules, bytes, length);
    }
    int hash = hash(bytes, length);
    Entry found = slots[hash & (slots.length - 1)];
    if (found == null || !found.is(bytes, length)) {
      found =
          new Entry(
              Arrays.copyOf(bytes, length), hash, AttributeParser.parse(rules, bytes, length));
      growOnMisses();
      slots[hash & (slots.length - 1)] = found;
    }
    last = found;
    return found.parsed();
  }

  /** A session with a node has a handful of sets and stays small; one with a reflector grows. */
  private void growOnMisses() {
    misses++;
    if (misses <= slots.length || slots.length >= SLOTS) {
      return;
    }
    misses = 0;
    @Nullable Entry[] larger = new @Nullable Entry[2 * slots.length];
    for (Entry entry : slots) {
      if (entry != null) {
        larger[entry.hash() & (larger.length - 1)] = entry;
      }
    }
    slots = larger;
  }

  private static int hash(byte[] bytes, int length) {
    // Sets of one peer differ in a few bytes next to each other, of an address mostly: these must
    // not cancel each other out, as they do with a small multiplier.
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ bytes[i]) * FNV_PRIME;
    }
    // The low bits choose the slot, so the high ones are folded in.
    hash *= 0x9E3779B1;
    return hash ^ (hash >>> 15);
  }
}
