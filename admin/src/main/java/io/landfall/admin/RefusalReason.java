package io.landfall.admin;

import java.util.Map;
import java.util.TreeMap;

/**
 * Every rule by which something is refused, with a number that stays the same for ever: what {@code
 * show refused} prints, and what a looking glass reads in a large community (see {@link
 * LookingGlassApi}). docs/refusals.md says what to do about each.
 *
 * <p>Below 40 it is the route, below 100 its message, and from 100 on it is the peer itself that
 * got no session. A new rule takes a number that was never used.
 */
public enum RefusalReason {
  /** The default route, which the overlay never carries. */
  DEFAULT_ROUTE(1, "default-route", "the default route, which the overlay never carries"),
  /** A prefix shorter than a host. */
  NOT_HOST_LENGTH(2, "not-host-length", "a prefix shorter than a host"),
  /** A host that is not of the overlay's block. */
  OUTSIDE_BLOCK(3, "outside-block", "a host that is not of the overlay's block"),
  /** An IPv6 prefix where the block is IPv4, or the other way round. */
  WRONG_FAMILY(4, "wrong-family", "an IPv6 prefix where the block is IPv4, or the other way round"),
  /** A route without a next hop. */
  NEXT_HOP_MISSING(10, "next-hop-missing", "a route without a next hop"),
  /** A next hop that is not of the block, so no node. */
  NEXT_HOP_OUTSIDE_BLOCK(
      11, "next-hop-outside-block", "a next hop that is not of the block, so no node"),
  /** A route of this node that came back to it. */
  ORIGINATOR_IS_ME(12, "originator-is-me", "a route of this node that came back to it"),
  /** A route that this reflector has reflected already. */
  CLUSTER_LIST_LOOP(13, "cluster-list-loop", "a route that this reflector has reflected already"),
  /** A peer that speaks for itself named another next hop. */
  NEXT_HOP_NOT_THE_PEER(
      14, "next-hop-not-the-peer", "a peer that speaks for itself named another next hop"),
  /** A peer that speaks for itself named another originator. */
  ORIGINATOR_NOT_THE_PEER(
      15, "originator-not-the-peer", "a peer that speaks for itself named another originator"),
  /** Next hop and ORIGINATOR_ID name two nodes. */
  NEXT_HOP_NOT_THE_ORIGINATOR(
      16, "next-hop-not-the-originator", "next hop and ORIGINATOR_ID name two nodes"),
  /** The next hop is of the block, but no node that is known here. */
  NEXT_HOP_NOT_A_NODE(
      17, "next-hop-not-a-node", "the next hop is of the block, but no node that is known here"),
  /** The route was in another AS; every overlay route is of this one. */
  AS_PATH_NOT_EMPTY(
      18, "as-path-not-empty", "the route was in another AS; every overlay route is of this one"),
  /** The host is this node itself. */
  OWN_IDENTITY(19, "own-identity", "the host is this node itself"),
  /** The host is a node other than the one that originates the route. */
  IDENTITY_OF_ANOTHER_NODE(
      20,
      "identity-of-another-node",
      "the host is a node other than the one that originates the route"),
  /** The node that originates it may not originate that service. */
  NOT_ENTITLED(21, "not-entitled", "the node that originates it may not originate that service"),
  /** The peer has as many routes in the table as it may have. */
  OVER_ACCEPT_LIMIT(
      22, "over-accept-limit", "the peer has as many routes in the table as it may have"),
  /** More communities and clusters than a route may carry. */
  ATTRIBUTES_TOO_LONG(
      23, "attributes-too-long", "more communities and clusters than a route may carry"),
  /** A route that somebody kept after it was lost (RFC 9494). */
  STALE(24, "stale", "a route that somebody kept after it was lost (RFC 9494)"),
  /** The peer has as many paths of this host as it may have. */
  TOO_MANY_PATHS_OF_A_HOST(
      25,
      "too-many-paths-of-a-host",
      "the peer has as many paths of this host as it may have (RFC 7911)"),
  /** The attributes of the peer's routes occupy as much memory as they may. */
  TOO_MANY_ATTRIBUTE_BYTES(
      26,
      "too-many-attribute-bytes",
      "the attributes of the peer's routes occupy as much memory as they may"),
  /** A service host named a host that is not one of its services. */
  NOT_CONFIGURED_FOR_THIS_HOST(
      30, "not-configured-for-this-host", "a service host named a host that is none of its own"),
  /** A service host passed on what another AS said. */
  AS_PATH_NOT_THE_HOSTS_OWN(
      31, "as-path-not-the-hosts-own", "a service host passed on what another AS said"),
  /** A service host passed on what a reflector told it. */
  REFLECTED_PATH(32, "reflected-path", "a service host passed on what a reflector told it"),
  /** An address family that this session does not carry. */
  FAMILY_NOT_NEGOTIATED(
      40, "family-not-negotiated", "an address family that this session does not carry"),
  /** A malformed attribute: the routes of the message are withdrawn (RFC 7606). */
  TREAT_AS_WITHDRAW(
      41,
      "treat-as-withdraw",
      "a malformed attribute: the routes of the message are withdrawn (RFC 7606)"),
  /** A malformed attribute that is dropped; its route is kept (RFC 7606). */
  MALFORMED_ATTRIBUTE_DISCARDED(
      42,
      "malformed-attribute-discarded",
      "a malformed attribute that is dropped; its route is kept (RFC 7606)"),
  /** An attribute outside the vocabulary, dropped; its route is kept. */
  UNWANTED_ATTRIBUTE(
      43, "unwanted-attribute", "an attribute outside the vocabulary, dropped; its route is kept"),
  /** An attribute that stands twice; the first counts (RFC 7606). */
  DUPLICATE_ATTRIBUTE(
      44, "duplicate-attribute", "an attribute that stands twice; the first counts (RFC 7606)"),
  /** An attribute that only peers of the same AS may send, dropped. */
  ATTRIBUTE_NOT_FOR_EXTERNAL_PEERS(
      45,
      "attribute-not-for-external-peers",
      "an attribute that only peers of the same AS may send, dropped"),
  /** A route with OTC from a customer: a leak (RFC 9234). */
  ROUTE_LEAK_ONLY_TO_CUSTOMER(
      46, "route-leak-only-to-customer", "a route with OTC from a customer: a leak (RFC 9234)"),
  /** A route from an upstream: plane one imports nothing (RFC 8212). */
  INGRESS_IMPORTS_NOTHING(
      50, "ingress-imports-nothing", "a route from an upstream: plane one imports nothing"),
  /** More rules than there are counters. */
  OTHER(99, "other", "more rules than there are counters"),
  /** The peer showed no certificate. */
  NO_CERTIFICATE(100, "no-certificate", "the peer showed no certificate"),
  /** It showed more certificates than a chain here may have. */
  CHAIN_TOO_LONG(101, "chain-too-long", "it showed more certificates than a chain here may have"),
  /** A certificate, or its list of names, cannot be parsed. */
  UNREADABLE(102, "unreadable", "a certificate, or its list of names, cannot be parsed"),
  /** The certificate has no URI name. */
  NO_URI_NAME(103, "no-uri-name", "the certificate has no URI name"),
  /** It has more than one. */
  TWO_URI_NAMES(104, "two-uri-names", "it has more than one"),
  /** The URI name is no SPIFFE name. */
  NOT_A_SPIFFE_ID(105, "not-a-spiffe-id", "the URI name is no SPIFFE name"),
  /** The SPIFFE name is of another trust domain. */
  WRONG_TRUST_DOMAIN(106, "wrong-trust-domain", "the SPIFFE name is of another trust domain"),
  /** The SPIFFE name is of our domain, and no node's. */
  NOT_A_NODE(107, "not-a-node", "the SPIFFE name is of our domain, and no node's"),
  /** No configured CA vouches for the chain. */
  WRONG_CA(108, "wrong-ca", "no configured CA vouches for the chain"),
  /** A certificate of the chain has expired. */
  EXPIRED(109, "expired", "a certificate of the chain has expired"),
  /** A certificate of the chain is not valid yet. */
  NOT_YET_VALID(110, "not-yet-valid", "a certificate of the chain is not valid yet"),
  /** The certificate may sign others. */
  NOT_A_LEAF(111, "not-a-leaf", "the certificate may sign others"),
  /** Its key usage does not allow mutual TLS. */
  WRONG_USAGE(112, "wrong-usage", "its key usage does not allow mutual TLS"),
  /** The certificate has no IP name. */
  NO_IDENTITY(113, "no-identity", "the certificate has no IP name"),
  /** It has more than one. */
  TWO_IDENTITIES(114, "two-identities", "it has more than one"),
  /** The IP name is not of the block. */
  IDENTITY_OUTSIDE_BLOCK(115, "identity-outside-block", "the IP name is not of the block"),
  /** A name that gives no right here. */
  UNKNOWN_NAME(116, "unknown-name", "a name that gives no right here"),
  /** More service names than a certificate may carry. */
  TOO_MANY_SERVICES(117, "too-many-services", "more service names than a certificate may carry"),
  /** The certificate or the node is in the revocation list. */
  REVOKED(118, "revoked", "the certificate, a key of its chain or the node is revoked"),
  /** The peer has this node's name and another identity. */
  OWN_NAME(119, "own-name", "the peer has this node's name and another identity"),
  /** This node's own certificate names another node than its config. */
  NOT_OURS(120, "not-ours", "this node's own certificate names another node than its config"),
  /** A key or a signature of the chain is too weak. */
  TOO_WEAK(121, "too-weak", "a key or a signature of the chain is too weak"),
  /** The certificate's key cannot do TLS on every connection of a node. */
  UNUSABLE_KEY(
      122, "unusable-key", "the certificate's key cannot do TLS on every connection of a node"),
  /** The TLS handshake took too long. */
  HANDSHAKE_TIMEOUT(130, "handshake-timeout", "the TLS handshake took too long"),
  /** What it sent is not TLS. */
  NOT_TLS(131, "not-tls", "what it sent is not TLS"),
  /** It does not speak TLS 1.3. */
  TLS_VERSION(132, "tls-version", "it does not speak TLS 1.3"),
  /** The connection closed during the TLS handshake. */
  CLOSED_IN_HANDSHAKE(133, "closed-in-handshake", "the connection closed during the TLS handshake"),
  /** The TLS handshake failed otherwise. */
  TLS_FAILED(134, "tls-failed", "the TLS handshake failed otherwise"),
  /** As many handshakes were under way as there may be. */
  TOO_MANY_HANDSHAKES(
      135, "too-many-handshakes", "as many handshakes were under way as there may be"),
  /** The other end refuses this node's certificate, for its dates or another rule. */
  OWN_REFUSED(136, "own-refused", "the other end refuses this node's certificate"),
  /** It connected and sent nothing. */
  SILENT(137, "silent", "it connected and sent nothing"),
  /** As many handshakes of one source were under way as there may be. */
  TOO_MANY_FROM_SOURCE(
      138,
      "too-many-from-source",
      "as many handshakes of one source were under way as there may be"),
  /** A live node with another certificate, or at another address, has this identity. */
  DUPLICATE_IDENTITY(
      140,
      "duplicate-identity",
      "a live node with another certificate, or at another address, has this identity"),
  /** A live node with another certificate has this name. */
  DUPLICATE_NAME(141, "duplicate-name", "a live node with another certificate has this name"),
  /** As many peers are live as there may be. */
  TOO_MANY_PEERS(142, "too-many-peers", "as many peers are live as there may be"),
  /** A node that is not live here opened a connection for requests. */
  NO_SESSION(143, "no-session", "a node that has no session here asks for services"),
  /** Requests came with the certificate of a live node from where it is not reached. */
  OTHER_ADDRESS(
      144, "other-address", "requests with a live node's certificate came from another address"),
  /** A node has as many connections for requests as it may have. */
  TOO_MANY_CHANNELS(
      145, "too-many-channels", "a node has as many connections for requests as it may have"),
  /** A node has the identity of a service that is configured here. */
  IDENTITY_OF_A_SERVICE(
      146, "identity-of-a-service", "a node has the identity of a service that is configured here");

  private static final Map<String, RefusalReason> BY_RULE = new TreeMap<>();

  static {
    for (RefusalReason reason : values()) {
      BY_RULE.put(reason.rule, reason);
    }
  }

  private final int number;
  private final String rule;
  private final String meaning;

  RefusalReason(int number, String rule, String meaning) {
    this.number = number;
    this.rule = rule;
    this.meaning = meaning;
  }

  /** The reason of a rule; {@link #OTHER} for one that has no number yet. */
  public static RefusalReason of(String rule) {
    return BY_RULE.getOrDefault(rule, OTHER);
  }

  /** The number, which never changes. */
  public int number() {
    return number;
  }

  /** The rule's word. */
  public String rule() {
    return rule;
  }

  /** What it means, without a full stop. */
  public String meaning() {
    return meaning;
  }
}
