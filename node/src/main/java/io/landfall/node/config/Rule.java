package io.landfall.node.config;

/** What a text must be, and what it then means. */
@FunctionalInterface
interface Rule<T> {
  /** The meaning of the text. */
  T read(String text) throws BadValue;
}
