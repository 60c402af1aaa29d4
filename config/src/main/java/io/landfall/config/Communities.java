package io.landfall.config;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Communities as operators write them: by number, or by the name that IANA lists. */
final class Communities {
  /** GRACEFUL_SHUTDOWN (RFC 8326): for drains only. */
  private static final int GRACEFUL_SHUTDOWN = 0xffff0000;

  private static final String FIX =
      "write two numbers from 0 to 65535, such as 64500:120, or one of no-export, no-advertise,"
          + " no-export-subconfed, no-peer";

  private static final SortedMap<String, Integer> NAMES = names();

  private Communities() {}

  private static SortedMap<String, Integer> names() {
    SortedMap<String, Integer> names = new TreeMap<>();
    names.put("no-export", 0xffffff01);
    names.put("no-advertise", 0xffffff02);
    names.put("no-export-subconfed", 0xffffff03);
    names.put("no-peer", 0xffffff04);
    return Collections.unmodifiableSortedMap(names);
  }

  /** A community (RFC 1997) as {@code 64500:120}, or a well-known one by its name. */
  static int standard(String text) throws BadValue {
    Integer known = NAMES.get(text);
    if (known != null) {
      return known;
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new BadValue("'" + text + "' is not a community", FIX);
    }
    int value;
    try {
      ValueRule<Integer> half = ValueRules.count(0, 65_535);
      value = half.read(text.substring(0, colon)) << 16 | half.read(text.substring(colon + 1));
    } catch (BadValue e) {
      throw new BadValue("'" + text + "' is not a community", FIX);
    }
    if (value == GRACEFUL_SHUTDOWN) {
      throw new BadValue(
          "'" + text + "' is GRACEFUL_SHUTDOWN (RFC 8326), which a drain adds and takes away",
          "remove it, and use 'landfall drain node'");
    }
    return value;
  }

  /** A large community (RFC 8092) as {@code 64500:1:20}. */
  static UpstreamConfig.LargeValue large(String text) throws BadValue {
    String[] parts = text.split(":", -1);
    if (parts.length == 3) {
      try {
        ValueRule<Long> part = ValueRules.number(0, 0xffff_ffffL);
        return new UpstreamConfig.LargeValue(
            part.read(parts[0]).intValue(),
            part.read(parts[1]).intValue(),
            part.read(parts[2]).intValue());
      } catch (BadValue e) {
        // Reported below, with the whole text.
      }
    }
    throw new BadValue(
        "'" + text + "' is not a large community",
        "write three numbers from 0 to 4294967295, such as 64500:1:20");
  }
}
