package io.landfall.edge.access;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest records of one event loop, found by a hash: a ring of segments, which the loop fills
 * one after the other and anybody may read. When all are full the oldest is emptied. Their memory
 * is taken when it is needed, and no object is made for a record.
 *
 * <p>A segment only grows until it is emptied. So what a reader finds in it is whole if the segment
 * was not emptied meanwhile; if it was, the reader has come too late for what stood there.
 */
public final class RequestRing {
  /** What one segment takes. */
  static final int SEGMENT_BYTES = 64 * 1024;

  /** Before each record: its length and its hash. */
  private static final int HEAD_BYTES = 2 * Integer.BYTES;

  /** How often a reader looks at a segment that is emptied while it does. */
  private static final int MOST_TRIES = 8;

  private static final int OCTET = 0xff;
  private static final int BITS = 8;

  private final byte[] @Nullable [] segments;

  /** Of each segment how often it was emptied, and below that how many bytes stand in it. */
  private final AtomicLongArray states;

  private int current;
  private int length;
  private long emptied;

  /** An empty one, of so many bytes at the most. */
  public RequestRing(long mostBytes) {
    int count = (int) Math.max(2, mostBytes / SEGMENT_BYTES);
    segments = new byte[count][];
    states = new AtomicLongArray(count);
  }

  /** Adds one; on the loop only. */
  public void add(int hash, RecordBytes one) {
    int size = HEAD_BYTES + one.length();
    byte[] to = segments[current];
    if (to == null || length + size > SEGMENT_BYTES) {
      to = next(to != null);
    }
    number(to, length, one.length());
    number(to, length + Integer.BYTES, hash);
    System.arraycopy(one.array(), 0, to, length + HEAD_BYTES, one.length());
    length += size;
    states.setRelease(current, state());
  }

  private byte[] next(boolean isFull) {
    if (isFull) {
      current = (current + 1) % segments.length;
      emptied += current == 0 ? 1 : 0;
    }
    length = 0;
    states.setOpaque(current, state());
    // Who sees any of what follows sees that the segment was emptied.
    VarHandle.storeStoreFence();
    byte[] there = segments[current];
    if (there == null) {
      there = new byte[SEGMENT_BYTES];
      segments[current] = there;
    }
    return there;
  }

  private long state() {
    return (emptied << Integer.SIZE) | length;
  }

  /** Copies of the records with this hash, in no order; any thread. */
  public List<byte[]> find(int hash) {
    List<byte[]> found = new ArrayList<>();
    for (int i = 0; i < segments.length; i++) {
      found.addAll(find(i, hash));
    }
    return found;
  }

  private List<byte[]> find(int segment, int hash) {
    for (int i = 0; i < MOST_TRIES; i++) {
      long state = states.getAcquire(segment);
      byte[] bytes = segments[segment];
      if (bytes == null || (int) state == 0) {
        return List.of();
      }
      List<byte[]> found = in(bytes, (int) state, hash);
      VarHandle.acquireFence();
      if ((states.getOpaque(segment) >>> Integer.SIZE) == (state >>> Integer.SIZE)) {
        return found;
      }
    }
    return List.of();
  }

  private static List<byte[]> in(byte[] bytes, int end, int hash) {
    List<byte[]> found = new ArrayList<>(0);
    int at = 0;
    while (at + HEAD_BYTES <= end) {
      int size = number(bytes, at);
      int from = at + HEAD_BYTES;
      if (size < 0 || size > end - from) {
        // It is being written anew.
        return found;
      }
      if (number(bytes, at + Integer.BYTES) == hash) {
        found.add(Arrays.copyOfRange(bytes, from, from + size));
      }
      at = from + size;
    }
    return found;
  }

  private static void number(byte[] to, int at, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      to[at + i] = (byte) (value >>> ((Integer.BYTES - 1 - i) * BITS));
    }
  }

  private static int number(byte[] from, int at) {
    int value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = (value << BITS) | (from[at + i] & OCTET);
    }
    return value;
  }
}
