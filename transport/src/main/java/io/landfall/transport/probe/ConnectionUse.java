package io.landfall.transport.probe;

/** Which connection a probe may use. */
public enum ConnectionUse {
  /** One that an earlier probe left open, if there is one. */
  KEPT_IF_OPEN,
  /** A new one: whether the backend accepts connections is part of the question. */
  NEW
}
