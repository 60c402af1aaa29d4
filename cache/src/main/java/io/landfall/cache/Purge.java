package io.landfall.cache;

/**
 * What is purged. Hosts are authorities in lower case, targets are path and query in the normal
 * form of keys, and tags are those of one service.
 */
public sealed interface Purge {
  /** Everything. */
  record Everything() implements Purge {}

  /**
   * All of a service.
   *
   * @param service its name
   */
  record OfService(String service) implements Purge {}

  /**
   * All of a host.
   *
   * @param authority the host, with the port if requests name one
   */
  record OfHost(String authority) implements Purge {}

  /**
   * What lies at a path of a host and below it; a slash at its end makes no difference.
   *
   * @param authority the host
   * @param path the path, of {@link PurgeMarks#MOST_SEGMENTS} segments at most
   */
  record OfPrefix(String authority, String path) implements Purge {}

  /**
   * One URL with all its variants, whichever scheme.
   *
   * @param authority the host
   * @param target path and query
   */
  record OfUrl(String authority, String target) implements Purge {}

  /**
   * All with a tag.
   *
   * @param service the service whose tag it is
   * @param tag the tag
   */
  record OfTag(String service, String tag) implements Purge {}

  /**
   * All of a group (RFC 9875) of an origin.
   *
   * @param scheme the scheme of the origin
   * @param authority its host and port
   * @param group the group
   */
  record OfGroup(String scheme, String authority, String group) implements Purge {}
}
