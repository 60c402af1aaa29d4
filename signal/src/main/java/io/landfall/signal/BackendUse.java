package io.landfall.signal;

/** What a backend may be used for. */
public enum BackendUse {
  /** Nothing: it is not up, or its host does not stand by it. */
  NONE,
  /** It finishes the requests that it has, and gets no new ones: it is drained, or has weight 0. */
  FINISHES,
  /** It gets new requests. */
  TAKES
}
