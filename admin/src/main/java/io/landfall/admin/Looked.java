package io.landfall.admin;

import java.util.List;

/** What came of a look at one thing that a person named. */
public sealed interface Looked {
  /** One thing. */
  record Found(Fields object) implements Looked {}

  /** A list, which may be empty. */
  record Listed(List<Fields> rows) implements Looked {
    /** Copies the list. */
    public Listed {
      rows = List.copyOf(rows);
    }
  }

  /**
   * There is no such thing now.
   *
   * @param sentence what is missing, and what there is
   */
  record Missing(String sentence) implements Looked {}

  /**
   * There can be no such thing: the question is wrong.
   *
   * @param sentence what is wrong with it
   */
  record Wrong(String sentence) implements Looked {}
}
