package io.landfall.cache.fleet;

import java.nio.charset.StandardCharsets;

/**
 * A purge as its giver named it. Each node reads it by its own config: which service answers for a
 * URL, and what of a query is in a key, is that node's to know.
 *
 * @param kind what kind of thing is purged
 * @param what which one
 * @param soft whether responses become stale instead of gone
 */
public record FleetPurge(Kind kind, String what, boolean soft) {
  /** The longest {@code what}, in bytes of UTF-8; longer ones are in no request. */
  public static final int MAX_BYTES = 16 * 1024;

  /** What an entry costs beside its text: in memory, and more than on the wire. */
  private static final int OVERHEAD_BYTES = 64;

  /** What can be named. On the wire it is its place in this list. */
  public enum Kind {
    /** A URL with all its variants. */
    URL,
    /** What lies at a path of a host and below it. */
    PREFIX,
    /** All of a host. */
    HOST,
    /** All with a tag, of every cached service. */
    TAG,
    /** All of a service. */
    SERVICE
  }

  /** Whether a text is short enough to be sent to other nodes. */
  public static boolean fits(String what) {
    return what.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /** What it counts in bounds of memory and of messages. */
  int bytes() {
    // No character takes more than three bytes of UTF-8 (a surrogate pair takes four).
    return OVERHEAD_BYTES + 3 * what.length();
  }
}
