package io.landfall.cache.fleet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

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

  /** What can be named. */
  public enum Kind {
    /** A URL with all its variants. */
    URL(0),
    /** What lies at a path of a host and below it. */
    PREFIX(1),
    /** All of a host. */
    HOST(2),
    /** All with a tag, of every cached service. */
    TAG(3),
    /** All of a service. */
    SERVICE(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** Its number on the wire. */
    int code() {
      return code;
    }

    /** The one with this number on the wire; empty if there is none. */
    static Optional<Kind> of(int code) {
      return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
    }
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
