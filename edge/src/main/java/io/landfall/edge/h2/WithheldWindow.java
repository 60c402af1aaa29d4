package io.landfall.edge.h2;

/**
 * What of a stream's window is not given back to its sender yet: of a receiver that did not keep up
 * one part of the window is given back at first, and twice as much each time while it does. Else a
 * slow one would always have a whole window waiting here.
 */
final class WithheldWindow {
  private final int partBytes;
  private int withheld;
  private int allowance;

  /** Nothing is withheld of a window of that size. */
  WithheldWindow(int windowBytes) {
    this.partBytes = windowBytes / H2Connection.WINDOW_PARTS + 1;
  }

  /** The receiver did not keep up: something had to wait for it. */
  void waits() {
    allowance = partBytes;
  }

  /** So much of what had to wait was taken. */
  void taken(int bytes) {
    withheld += bytes;
  }

  /** The receiver took something at once; how much is to be given back besides that. */
  int faster() {
    if (withheld == 0) {
      return 0;
    }
    allowance = Math.min(2 * allowance, withheld);
    return next();
  }

  /** How much is to be given back now. */
  int next() {
    int bytes = Math.min(withheld, allowance);
    withheld -= bytes;
    return bytes;
  }
}
