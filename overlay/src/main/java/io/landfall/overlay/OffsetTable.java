package io.landfall.overlay;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something per host, by the host's offset in the block: an array in pages, because a block may
 * have 2^24 hosts of which few are used. Exact match is all that host routes need; there is no
 * trie, and no hash that a peer could aim at. Iterates in order of address.
 *
 * @param <T> what is kept
 */
final class OffsetTable<T> {
  private static final int PAGE_BITS = 7;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;

  private final @Nullable Page[] pages;
  private int size;

  OffsetTable(int offsets) {
    pages = new Page[(offsets + PAGE_SIZE - 1) >>> PAGE_BITS];
  }

  int size() {
    return size;
  }

  @Nullable T get(int offset) {
    Page page = pages[offset >>> PAGE_BITS];
    return page == null ? null : cast(page.slots[offset & (PAGE_SIZE - 1)]);
  }

  void put(int offset, T value) {
    Page page = pages[offset >>> PAGE_BITS];
    if (page == null) {
      page = new Page();
      pages[offset >>> PAGE_BITS] = page;
    }
    int slot = offset & (PAGE_SIZE - 1);
    if (page.slots[slot] == null) {
      page.used++;
      size++;
    }
    page.slots[slot] = value;
  }

  void remove(int offset) {
    Page page = pages[offset >>> PAGE_BITS];
    int slot = offset & (PAGE_SIZE - 1);
    if (page != null && page.slots[slot] != null) {
      page.slots[slot] = null;
      size--;
      if (--page.used == 0) {
        pages[offset >>> PAGE_BITS] = null;
      }
    }
  }

  /** The first value at an offset or behind it; null when there is none. */
  @Nullable T next(int fromOffset) {
    int slot = fromOffset & (PAGE_SIZE - 1);
    for (int page = fromOffset >>> PAGE_BITS; page < pages.length; page++) {
      Page at = pages[page];
      for (; at != null && slot < PAGE_SIZE; slot++) {
        if (at.slots[slot] != null) {
          return cast(at.slots[slot]);
        }
      }
      slot = 0;
    }
    return null;
  }

  /** Calls for each value in order of offset; the caller may remove the value it is given. */
  void forEach(Consumer<T> action) {
    for (Page page : pages) {
      if (page == null) {
        continue;
      }
      for (int slot = 0; slot < PAGE_SIZE; slot++) {
        T value = cast(page.slots[slot]);
        if (value != null) {
          action.accept(value);
        }
      }
    }
  }

  // Only put() fills slots, and it takes nothing but T.
  @SuppressWarnings("unchecked")
  private @Nullable T cast(@Nullable Object value) {
    return (T) value;
  }

  private static final class Page {
    final @Nullable Object[] slots = new Object[PAGE_SIZE];
    int used;
  }
}
