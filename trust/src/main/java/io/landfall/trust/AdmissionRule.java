package io.landfall.trust;

import io.landfall.core.RefusalRule;
import java.util.Locale;

/** Why a certificate gets no adjacency: the fixed words for logs, counters and views. */
public enum AdmissionRule implements RefusalRule {
  /** The peer showed no certificate. */
  NO_CERTIFICATE(100, "the peer showed no certificate"),
  /** The peer showed more certificates than a chain here may have. */
  CHAIN_TOO_LONG(101, "it showed more certificates than a chain here may have"),
  /** A certificate, or its list of names, cannot be parsed. */
  UNREADABLE(102, "a certificate, or its list of names, cannot be parsed"),
  /** No URI name. */
  NO_URI_NAME(103, "the certificate has no URI name"),
  /** More than one URI name; SPIFFE allows exactly one. */
  TWO_URI_NAMES(104, "it has more than one"),
  /** The URI name is not a SPIFFE name. */
  NOT_A_SPIFFE_ID(105, "the URI name is no SPIFFE name"),
  /** The SPIFFE name is of another trust domain. */
  WRONG_TRUST_DOMAIN(106, "the SPIFFE name is of another trust domain"),
  /** The SPIFFE name is of our domain, but does not name a node. */
  NOT_A_NODE(107, "the SPIFFE name is of our domain, and no node's"),
  /** No configured CA vouches for the chain. */
  WRONG_CA(108, "no configured CA vouches for the chain"),
  /** The certificate, or one above it, has expired. */
  EXPIRED(109, "a certificate of the chain has expired"),
  /** The certificate, or one above it, is not valid yet. */
  NOT_YET_VALID(110, "a certificate of the chain is not valid yet"),
  /** The certificate may sign others, so it is not a node's. */
  NOT_A_LEAF(111, "the certificate may sign others"),
  /** The certificate's key usage does not allow mutual TLS. */
  WRONG_USAGE(112, "its key usage does not allow mutual TLS"),
  /** A key or a signature of the chain is of a kind or length that is not taken. */
  TOO_WEAK(121, "a key or a signature of the chain is too weak"),
  /** The certificate's key cannot do TLS on every connection of a node. */
  UNUSABLE_KEY(122, "the certificate's key cannot do TLS on every connection of a node"),
  /** No IP name. */
  NO_IDENTITY(113, "the certificate has no IP name"),
  /** More than one IP name. */
  TWO_IDENTITIES(114, "it has more than one"),
  /** The IP name lies outside the block. */
  IDENTITY_OUTSIDE_BLOCK(115, "the IP name is not of the block"),
  /** A name that gives no right here: a DNS name of no service of the domain, or another kind. */
  UNKNOWN_NAME(116, "a name that gives no right here"),
  /** More service names than a certificate may carry. */
  TOO_MANY_SERVICES(117, "more service names than a certificate may carry"),
  /** The serial, the node's name, or a key of the chain is in the revocation list. */
  REVOKED(118, "the certificate, a key of its chain or the node is revoked"),
  /** The peer claims this node's own identity, or is this node. */
  OWN_IDENTITY(19, "the host is this node itself"),
  /** The peer claims this node's own name with another identity. */
  OWN_NAME(119, "the peer has this node's name and another identity"),
  /** This node's own certificate names another node than its configuration. */
  NOT_OURS(120, "this node's own certificate names another node than its config");

  private final int number;
  private final String meaning;

  AdmissionRule(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String meaning() {
    return meaning;
  }

  /** The label, such as {@code wrong-ca}. */
  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
