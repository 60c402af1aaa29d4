package io.landfall.admin;

/**
 * What came of a question about something that its asker named.
 *
 * @param <T> what is found
 */
public sealed interface QueryResult<T> {
  /** The answer. */
  record Found<T>(T value) implements QueryResult<T> {}

  /**
   * There is no such thing now.
   *
   * @param sentence what is missing, and what there is
   */
  record Missing<T>(String sentence) implements QueryResult<T> {}

  /**
   * There can be no such thing: the question is wrong.
   *
   * @param sentence what is wrong with it
   */
  record Wrong<T>(String sentence) implements QueryResult<T> {}
}
