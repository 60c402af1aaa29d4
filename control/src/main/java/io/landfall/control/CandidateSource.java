package io.landfall.control;

/** Where a candidate comes from. */
public enum CandidateSource {
  /** The operator's configuration. */
  CONFIG,
  /** A file beside the configuration. */
  FILE,
  /** The answer to a DNS name. */
  DNS
}
