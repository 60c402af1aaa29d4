package io.landfall.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is due when: one deadline for each entry, the earliest first, and any of them moved or
 * removed in O(log n).
 *
 * <p>A binary heap whose entries know their place in it. Times are monotonic nanoseconds that may
 * wrap, compared by their difference; of two equal ones the entry with the lower number is first,
 * so the order never depends on what happened before.
 */
public final class DeadlineQueue<T> {
  /** The place of one owner in one queue; made once, and in the queue or not. */
  public static final class Entry<T> {
    private final T owner;
    private final int number;
    private long atNanos;

    /** Where in the heap; -1 when it is not in it. */
    private int place = -1;

    /**
     * An entry that is not in the queue.
     *
     * @param number breaks the tie between equal deadlines
     */
    public Entry(T owner, int number) {
      this.owner = owner;
      this.number = number;
    }

    private boolean isBefore(Entry<T> other) {
      long difference = atNanos - other.atNanos;
      return difference != 0 ? difference < 0 : number < other.number;
    }
  }

  private final List<Entry<T>> heap = new ArrayList<>();

  /** An empty queue. */
  public DeadlineQueue() {}

  /** Sets, moves or removes the deadline of an entry. */
  public void set(Entry<T> entry, OptionalLong atNanos) {
    if (atNanos.isEmpty()) {
      remove(entry);
    } else if (entry.place < 0) {
      entry.atNanos = atNanos.getAsLong();
      heap.add(entry);
      entry.place = heap.size() - 1;
      up(entry);
    } else if (entry.atNanos != atNanos.getAsLong()) {
      entry.atNanos = atNanos.getAsLong();
      up(entry);
      down(entry);
    }
  }

  private void remove(Entry<T> entry) {
    if (entry.place < 0) {
      return;
    }
    Entry<T> last = heap.removeLast();
    if (last != entry) {
      put(last, entry.place);
      up(last);
      down(last);
    }
    entry.place = -1;
  }

  /** The earliest deadline; empty when the queue is. */
  public OptionalLong firstNanos() {
    return heap.isEmpty() ? OptionalLong.empty() : OptionalLong.of(heap.getFirst().atNanos);
  }

  /** Whose deadline is first, if it is due; it stays in the queue until its deadline moves. */
  public Optional<T> due(long nowNanos) {
    return heap.isEmpty() || nowNanos - heap.getFirst().atNanos < 0
        ? Optional.empty()
        : Optional.of(heap.getFirst().owner);
  }

  /** Takes what is due out of the queue, the earliest first. */
  public List<T> takeDue(long nowNanos) {
    List<T> taken = new ArrayList<>();
    while (!heap.isEmpty() && nowNanos - heap.getFirst().atNanos >= 0) {
      taken.add(heap.getFirst().owner);
      remove(heap.getFirst());
    }
    return taken;
  }

  private void up(Entry<T> entry) {
    while (entry.place > 0) {
      Entry<T> parent = heap.get((entry.place - 1) / 2);
      if (!entry.isBefore(parent)) {
        return;
      }
      swap(entry, parent);
    }
  }

  private void down(Entry<T> entry) {
    while (true) {
      int left = 2 * entry.place + 1;
      if (left >= heap.size()) {
        return;
      }
      Entry<T> child = heap.get(left);
      if (left + 1 < heap.size() && heap.get(left + 1).isBefore(child)) {
        child = heap.get(left + 1);
      }
      if (!child.isBefore(entry)) {
        return;
      }
      swap(entry, child);
    }
  }

  private void swap(Entry<T> a, Entry<T> b) {
    int place = a.place;
    put(a, b.place);
    put(b, place);
  }

  private void put(Entry<T> entry, int place) {
    heap.set(place, entry);
    entry.place = place;
  }
}
