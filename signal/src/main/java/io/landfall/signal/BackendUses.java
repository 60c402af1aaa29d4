package io.landfall.signal;

import java.util.BitSet;
import java.util.function.IntPredicate;

/** What the backends of one service may be used for, by their index in the config. */
final class BackendUses {
  /** The backends that an operator has drained. */
  private final BitSet drained = new BitSet();

  /** The backends that may finish what they have: up, and their hosts stand by them. */
  private BitSet usable = new BitSet();

  /** Those of them that get new requests. */
  private BitSet taking = new BitSet();

  /** The backends that had a first verdict when they were weighed last. */
  private final BitSet known = new BitSet();

  /** Backends of which there is news for the log; each once at the most. */
  private final BitSet turned = new BitSet();

  /** No backend may be used. */
  BackendUses() {}

  /**
   * By what a backend may be used.
   *
   * @param isUp whether it is up
   * @param isEvaluated whether it has had a first verdict
   * @param getsRequests whether neither an operator nor the config keeps requests from it
   * @param isAllowed whether its hosts stand by it
   */
  record Inputs(
      IntPredicate isUp,
      IntPredicate isEvaluated,
      IntPredicate getsRequests,
      IntPredicate isAllowed) {}

  /**
   * Takes over what is known of backends that are still there when the config has changed.
   *
   * @param from the index before, by the index now; -1 for a new one
   */
  void take(BackendUses before, int[] from) {
    for (int i = 0; i < from.length; i++) {
      if (from[i] >= 0) {
        drained.set(i, before.drained.get(from[i]));
        usable.set(i, before.usable.get(from[i]));
        taking.set(i, before.taking.get(from[i]));
        known.set(i, before.known.get(from[i]));
      }
    }
  }

  /** What a backend may be used for. */
  BackendUse use(int backendIndex) {
    return useOf(backendIndex, usable, taking);
  }

  private static BackendUse useOf(int backendIndex, BitSet usable, BitSet taking) {
    if (taking.get(backendIndex)) {
      return BackendUse.TAKES;
    }
    return usable.get(backendIndex) ? BackendUse.FINISHES : BackendUse.NONE;
  }

  /** Whether a backend of this kind, by its index, gets new requests. */
  boolean takesAny(IntPredicate ofKind) {
    return taking.stream().anyMatch(ofKind);
  }

  boolean isDrained(int backendIndex) {
    return drained.get(backendIndex);
  }

  /** How many an operator has drained. */
  int drained() {
    return drained.cardinality();
  }

  void drain(int backendIndex, boolean isDrained) {
    drained.set(backendIndex, isDrained);
  }

  /** Takes in what backends and hosts are now; gives whether other backends are usable. */
  boolean weigh(int count, Inputs by) {
    BitSet usableBefore = usable;
    BitSet takingBefore = taking;
    usable = new BitSet();
    taking = new BitSet();
    for (int i = 0; i < count; i++) {
      boolean gets = by.getsRequests().test(i);
      BackendUse before = useOf(i, usableBefore, takingBefore);
      // The hosts do not know of a drain: they have no part in what a drained backend finishes.
      usable.set(i, by.isUp().test(i) && (!gets || by.isAllowed().test(i)));
      taking.set(i, usable.get(i) && gets);
      boolean isNew = !known.get(i);
      known.set(i, by.isEvaluated().test(i));
      // That one is well from the beginning is no news.
      if (known.get(i) && (isNew ? use(i) == BackendUse.NONE : use(i) != before)) {
        turned.set(i);
      }
    }
    return !usable.equals(usableBefore) || !taking.equals(takingBefore);
  }

  /** The backends of which there is news since it was asked last. */
  int[] takeTurned() {
    int[] news = turned.stream().toArray();
    turned.clear();
    return news;
  }
}
