package io.landfall.trust;

import io.landfall.core.FailureText;
import io.landfall.core.NodeName;

/**
 * A node's name in a trust domain: exactly {@code spiffe://<trust-domain>/node/<name>}.
 *
 * <p>The text is compared, not interpreted: no port, user, query, fragment, escape, trailing slash
 * or upper case, so that two texts never mean one node.
 *
 * @param trustDomain the realm
 * @param node the node in it
 */
public record SpiffeId(TrustDomain trustDomain, NodeName node) {
  private static final String SCHEME = "spiffe://";
  private static final String PATH = "/node/";

  /** What reading a text gave. */
  public sealed interface Reading {
    /** The text is a node's name. */
    record Node(SpiffeId id) implements Reading {}

    /** The text is a good SPIFFE name of a trust domain, but not of a node. */
    record NotANode(TrustDomain trustDomain, String why) implements Reading {}

    /** The text is no SPIFFE name. */
    record Invalid(String why) implements Reading {}
  }

  /** Reads a URI name. */
  public static Reading read(String uri) {
    if (!uri.startsWith(SCHEME)) {
      return new Reading.Invalid("it does not start with " + SCHEME);
    }
    int slash = uri.indexOf('/', SCHEME.length());
    String domain =
        slash < 0 ? uri.substring(SCHEME.length()) : uri.substring(SCHEME.length(), slash);
    if (!TrustDomain.isValid(domain)) {
      return new Reading.Invalid("'" + domain + "' is not a trust domain");
    }
    TrustDomain trustDomain = new TrustDomain(domain);
    String path = slash < 0 ? "" : uri.substring(slash);
    if (!path.startsWith(PATH)) {
      return new Reading.NotANode(trustDomain, "its path is not " + PATH + "<name>");
    }
    try {
      return new Reading.Node(
          new SpiffeId(trustDomain, new NodeName(path.substring(PATH.length()))));
    } catch (IllegalArgumentException e) {
      return new Reading.NotANode(trustDomain, FailureText.of(e));
    }
  }

  /** The URI, as it stands in a certificate. */
  @Override
  public String toString() {
    return SCHEME + trustDomain + PATH + node;
  }
}
