package io.landfall.trust;

/** Who says that a node might be at an address; it decides how many such words are kept. */
public enum CandidateSource {
  /** The operator's configuration. */
  CONFIG,
  /** A file beside the configuration. */
  FILE,
  /** The answer to a DNS name. */
  DNS,
  /** The word of an authenticated peer. */
  PEER
}
