package io.landfall.bgp;

/** The ORIGIN attribute's values (RFC 4271 section 5.1.1), in order of preference. */
public enum Origin {
  /** Originated inside the AS. */
  IGP,
  /** Learned by EGP. */
  EGP,
  /** Anything else. */
  INCOMPLETE
}
