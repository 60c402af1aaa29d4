package io.landfall.node;

import java.util.OptionalInt;
import java.util.concurrent.Callable;

/**
 * Reads the whole table for a reader: slice by slice, each a question of its own, so that no
 * session waits for more than one of them. A slice shows the table of its moment.
 */
final class TableSlices {
  /** Reads on from an offset, and says where the next slice begins. */
  interface Slice {
    /** On the control thread. */
    OptionalInt read(int fromOffset);
  }

  /** Who has the control thread answer, and waits for the answer. */
  interface Asker {
    <T> T ask(Callable<T> question);
  }

  private TableSlices() {}

  /** Reads all; waits, so never on the control thread. */
  static void read(Asker asker, Slice slice) {
    OptionalInt next = OptionalInt.of(0);
    while (next.isPresent()) {
      int from = next.getAsInt();
      next = asker.ask(() -> slice.read(from));
    }
  }
}
