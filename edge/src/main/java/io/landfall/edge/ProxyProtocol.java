package io.landfall.edge;

/** Whether connections to a backend begin with a PROXY header, and in which version. */
public enum ProxyProtocol {
  /** They have none. */
  NONE,
  /** Version 1, a line of text. */
  V1,
  /** Version 2, binary. */
  V2
}
