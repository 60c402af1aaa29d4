package io.landfall.signal;

/** The seeds of the property tests of this room, and a small generator (SplitMix64). */
final class Seeds {
  static final int COUNT = 200;

  private long state;

  Seeds(long seed) {
    state = seed;
  }

  private long next() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  long below(long bound) {
    return Long.remainderUnsigned(next(), bound);
  }

  boolean chance(int percent) {
    return below(100) < percent;
  }
}
