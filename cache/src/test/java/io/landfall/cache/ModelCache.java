package io.landfall.cache;

/**
 * A cache as the model test drives it: the rules of the room in one, the reference in the other.
 */
interface ModelCache {
  /** What becomes of a GET: "answer", "answer-and-validate", "validate", "fetch" or "504". */
  String ask(String target, Lines request, long now);

  /** The Age of the answer. */
  long ageSeconds(String target, Lines request, long now);

  /** Whether the answer is 304. */
  boolean isNotModified(String target, Lines request, long now);

  /** The conditions of a validation, as "tag|date". */
  String conditions(String target, Lines request);

  /** Whether a failed validation is answered with the stored response; 0 is no status at all. */
  boolean answersError(String target, Lines request, int status, long now);

  /** A final response that is no 304 came: whether it is stored. */
  boolean receive(String target, Lines request, int status, Lines response, FetchTimes times);

  /** A 304 came: whether it freshened the stored response, which is then stored anew. */
  boolean receiveNotModified(String target, Lines request, Lines update, FetchTimes times);
}
