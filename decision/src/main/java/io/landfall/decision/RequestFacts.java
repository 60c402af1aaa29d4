package io.landfall.decision;

/**
 * All that the decision may know of a request.
 *
 * @param host the authority's host in lower case, without a port
 * @param path the raw path as received, starting with a slash (or {@code *})
 * @param arrival who brought the request here
 * @param looped whether CDN-Loop (RFC 8586) of a client's request already names this node
 * @param cached what this node's cache has for the request
 * @param localCapacity whether the local service is below its request limit
 */
public record RequestFacts(
    String host,
    String path,
    Arrival arrival,
    boolean looped,
    Cached cached,
    LocalCapacity localCapacity) {

  /** Who brought the request to this node. */
  public enum Arrival {
    /** A client, by Internet anycast: this is the landing node. */
    CLIENT,
    /** Another node, over an authenticated adjacency: it is never forwarded again. */
    NODE
  }

  /** What the cache holds for this request. */
  public enum Cached {
    /** Nothing: the request goes past the cache. */
    NONE,
    /** Nothing usable; another site's cache may have an answer. */
    MISS,
    /**
     * Nothing usable, here or elsewhere: another site was asked already and did not answer, or only
     * the origin can answer.
     */
    MISS_EVERYWHERE,
    /** An answer that is fresh by RFC 9111 section 4.2. */
    FRESH,
    /** An answer that is stale, which its headers allow to be served when nothing else is there. */
    STALE_ALLOWED
  }

  /** Whether the local service may take one more request. */
  public enum LocalCapacity {
    /** Below its limit. */
    AVAILABLE,
    /** At its limit. */
    FULL
  }
}
