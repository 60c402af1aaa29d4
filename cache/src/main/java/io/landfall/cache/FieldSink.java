package io.landfall.cache;

/** Where field lines are written, one after another. */
@FunctionalInterface
public interface FieldSink {
  /** Adds a line at the end; the name is in lower case. */
  void add(CharSequence name, CharSequence value);
}
