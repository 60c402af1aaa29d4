package io.landfall.trust;

import java.util.Locale;

/** Why a certificate gets no adjacency: the fixed labels for logs, counters and views. */
public enum AdmissionRule {
  /** The peer showed no certificate. */
  NO_CERTIFICATE,
  /** The peer showed more certificates than a chain here may have. */
  CHAIN_TOO_LONG,
  /** A certificate, or its list of names, cannot be parsed. */
  UNREADABLE,
  /** No URI name. */
  NO_URI_NAME,
  /** More than one URI name; SPIFFE allows exactly one. */
  TWO_URI_NAMES,
  /** The URI name is not a SPIFFE name. */
  NOT_A_SPIFFE_ID,
  /** The SPIFFE name is of another trust domain. */
  WRONG_TRUST_DOMAIN,
  /** The SPIFFE name is of our domain, but does not name a node. */
  NOT_A_NODE,
  /** No configured CA vouches for the chain. */
  WRONG_CA,
  /** The certificate, or one above it, has expired. */
  EXPIRED,
  /** The certificate, or one above it, is not valid yet. */
  NOT_YET_VALID,
  /** The certificate may sign others, so it is not a node's. */
  NOT_A_LEAF,
  /** The certificate's key usage does not allow mutual TLS. */
  WRONG_USAGE,
  /** A key or a signature of the chain is of a kind or length that is not taken. */
  TOO_WEAK,
  /** The certificate's key cannot do TLS on every connection of a node. */
  UNUSABLE_KEY,
  /** No IP name. */
  NO_IDENTITY,
  /** More than one IP name. */
  TWO_IDENTITIES,
  /** The IP name lies outside the block. */
  IDENTITY_OUTSIDE_BLOCK,
  /** A name that gives no right here: a DNS name of no service of the domain, or another kind. */
  UNKNOWN_NAME,
  /** More service names than a certificate may carry. */
  TOO_MANY_SERVICES,
  /** The serial, the node's name, or a key of the chain is in the revocation list. */
  REVOKED,
  /** The peer claims this node's own identity, or is this node. */
  OWN_IDENTITY,
  /** The peer claims this node's own name with another identity. */
  OWN_NAME,
  /** This node's own certificate names another node than its configuration. */
  NOT_OURS;

  /** The label, such as {@code wrong-ca}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
