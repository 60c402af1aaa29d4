package io.landfall.core;

import java.util.SortedMap;
import java.util.function.IntFunction;

/**
 * An immutable array of fixed length of which a changed copy shares what did not change.
 *
 * <p>Held in chunks of {@link #CHUNK}: a copy with k other elements allocates the table of chunks
 * and at most k chunks, so it costs {@code O(length / CHUNK + k * CHUNK)} and not the length. Safe
 * to read from any thread once it was published safely.
 *
 * @param <T> the type of the elements; none is null
 */
public final class PersistentArray<T> {
  /** Elements that are copied together. */
  static final int CHUNK = 64;

  private final Object[][] chunks;
  private final int length;

  private PersistentArray(Object[][] chunks, int length) {
    this.chunks = chunks;
    this.length = length;
  }

  /** An array of this length with an element for each index. */
  public static <T> PersistentArray<T> of(int length, IntFunction<T> elements) {
    Object[][] chunks = new Object[(length + CHUNK - 1) / CHUNK][];
    for (int c = 0; c < chunks.length; c++) {
      chunks[c] = new Object[Math.min(CHUNK, length - c * CHUNK)];
      for (int i = 0; i < chunks[c].length; i++) {
        chunks[c][i] = elements.apply(c * CHUNK + i);
      }
    }
    return new PersistentArray<>(chunks, length);
  }

  /** How many elements there are. */
  public int length() {
    return length;
  }

  /**
   * The element at an index.
   *
   * @throws IndexOutOfBoundsException when there is none
   */
  @SuppressWarnings("unchecked") // only elements of T are ever stored
  public T get(int index) {
    return (T) chunks[index / CHUNK][index % CHUNK];
  }

  /**
   * The same array with other elements at some indices.
   *
   * @throws IndexOutOfBoundsException when there is no such index
   */
  public PersistentArray<T> with(SortedMap<Integer, ? extends T> changes) {
    Object[][] copy = chunks.clone();
    int copied = -1;
    for (var change : changes.entrySet()) {
      int chunk = change.getKey() / CHUNK;
      // Sorted keys: all changes of one chunk come one after another.
      if (chunk != copied) {
        copy[chunk] = copy[chunk].clone();
        copied = chunk;
      }
      copy[chunk][change.getKey() % CHUNK] = change.getValue();
    }
    return new PersistentArray<>(copy, length);
  }
}
