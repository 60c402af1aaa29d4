package io.landfall.overlay;

import org.jspecify.annotations.Nullable;

/**
 * The one Adj-RIB-Out that all peers share: what is to be sent, in order of its last change.
 *
 * <p>Each path that may be sent stands in exactly one of two lists, announced or withdrawn, at the
 * place of its last change; changing it again moves it to the end. So there is one entry for each
 * (host, path), the last writer wins, and nothing has to be queued for a peer: a peer is two
 * numbers, how far it has read each list (see {@link AdjRibOut}). A peer that reads slowly costs
 * the others nothing but the withdrawn entries that wait for it, and those are counted.
 *
 * <p>A new peer starts at the beginning of the announced list, which is the whole table; a route
 * refresh (RFC 2918) goes back there.
 */
final class Journal {
  private final JournalList announced = new JournalList();
  private final JournalList withdrawn = new JournalList();
  private long lastSequence;

  /** The place of the newest change. */
  long lastSequence() {
    return lastSequence;
  }

  /** How many withdrawals are kept for peers that have not read them. */
  int withdrawnEntries() {
    return withdrawn.size();
  }

  /** The first announcement beyond a place; {@link Path#journalNext} leads to the others. */
  @Nullable Path firstAnnouncedAfter(long sequence) {
    return announced.firstAfter(sequence);
  }

  /** The same of withdrawals. */
  @Nullable Path firstWithdrawnAfter(long sequence) {
    return withdrawn.firstAfter(sequence);
  }

  /** The oldest withdrawal that is kept. */
  @Nullable Path withdrawnHead() {
    return withdrawn.head();
  }

  /** Puts a live path at the end of the announced list. */
  void announce(Path path, boolean wasWithdrawn) {
    forget(path, wasWithdrawn);
    path.sequence = ++lastSequence;
    if (path.firstSequence == 0) {
      path.firstSequence = path.sequence;
    }
    announced.add(path);
  }

  /** Moves a path from the announced list to the end of the withdrawn one. */
  void withdraw(Path path) {
    forget(path, false);
    path.sequence = ++lastSequence;
    withdrawn.add(path);
  }

  /** Takes a path out altogether. */
  void forget(Path path, boolean wasWithdrawn) {
    if (path.sequence != 0) {
      (wasWithdrawn ? withdrawn : announced).remove(path);
      path.sequence = 0;
    }
  }
}
