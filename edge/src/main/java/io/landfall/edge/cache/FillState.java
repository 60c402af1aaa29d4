package io.landfall.edge.cache;

/** What the readers of a {@link Fill} see of it. */
enum FillState {
  /** There is no head yet. */
  ASKED,
  /** The head is here, and the body grows. */
  HERE,
  /** All is here. */
  WHOLE,
  /** The body broke off. */
  CUT,
  /** No place gave a response. */
  FAILED,
  /** What came is for the first reader at most: the others go by themselves. */
  ALONE,
  /** Given up, since none waited: who has come meanwhile looks again. */
  GIVEN_UP
}
