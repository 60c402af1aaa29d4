package io.landfall.overlay;

import org.jspecify.annotations.Nullable;

/**
 * The one Adj-RIB-Out that all peers share: what is to be told, in order of its last change.
 *
 * <p>Each path that may be told stands in exactly one of two lists, announced or withdrawn, at the
 * place of its last change; changing it again moves it to the end. So there is one entry for each
 * (host, path), the last writer wins, and nothing has to be queued for a peer: a peer is two
 * numbers, how far it has read each list (see {@link AdjRibOut}). A peer that reads slowly costs
 * the others nothing but the withdrawn entries that wait for it, and those are counted.
 *
 * <p>A new peer starts at the beginning of the announced list, which is the whole table; a route
 * refresh (RFC 2918) goes back there.
 */
final class Journal {
  private long lastSequence;
  private @Nullable Path announcedTail;
  private @Nullable Path withdrawnHead;
  private @Nullable Path withdrawnTail;
  private int withdrawn;

  /** The place of the newest change. */
  long lastSequence() {
    return lastSequence;
  }

  /** How many withdrawals are kept for peers that have not read them. */
  int withdrawnEntries() {
    return withdrawn;
  }

  @Nullable Path announcedTail() {
    return announcedTail;
  }

  @Nullable Path withdrawnTail() {
    return withdrawnTail;
  }

  /** The oldest withdrawal that is kept. */
  @Nullable Path withdrawnHead() {
    return withdrawnHead;
  }

  /** Puts a live path at the end of the announced list. */
  void announce(Path path, boolean wasWithdrawn) {
    unlink(path, wasWithdrawn);
    path.sequence = ++lastSequence;
    if (path.firstSequence == 0) {
      path.firstSequence = path.sequence;
    }
    Path last = announcedTail;
    path.journalPrevious = last;
    if (last != null) {
      last.journalNext = path;
    }
    announcedTail = path;
  }

  /** Moves a path from the announced list to the end of the withdrawn one. */
  void withdraw(Path path) {
    unlink(path, false);
    path.sequence = ++lastSequence;
    Path last = withdrawnTail;
    path.journalPrevious = last;
    if (last == null) {
      withdrawnHead = path;
    } else {
      last.journalNext = path;
    }
    withdrawnTail = path;
    withdrawn++;
  }

  /** Takes a path out altogether. */
  void forget(Path path, boolean wasWithdrawn) {
    unlink(path, wasWithdrawn);
    path.sequence = 0;
  }

  private void unlink(Path path, boolean fromWithdrawn) {
    if (path.sequence == 0) {
      return;
    }
    Path before = path.journalPrevious;
    Path after = path.journalNext;
    if (before != null) {
      before.journalNext = after;
    } else if (fromWithdrawn) {
      withdrawnHead = after;
    }
    if (after != null) {
      after.journalPrevious = before;
    } else if (fromWithdrawn) {
      withdrawnTail = before;
    } else {
      announcedTail = before;
    }
    path.journalPrevious = null;
    path.journalNext = null;
    if (fromWithdrawn) {
      withdrawn--;
    }
  }
}
