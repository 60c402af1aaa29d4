package io.landfall.core;

/** Randomness for jitter, drawn from a seed in tests and in the simulator; never for keys. */
@FunctionalInterface
public interface Rng {
  /** A uniform number from 0 up to, not including, the bound. */
  long nextLong(long bound);
}
