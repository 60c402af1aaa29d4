package io.landfall.bgp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The prefixes that the body of an UPDATE names, read a second time and in another way than the
 * decoder does: the judge of "never removes a route that it did not name". It knows lengths only,
 * no rule of any attribute, and takes what can be delimited.
 */
final class NamedPrefixes {
  /**
   * One prefix where it stands.
   *
   * @param announced whether the field is one that announces
   */
  record Named(boolean announced, Family family, Nlri<HostPrefix> nlri) {}

  private final byte[] body;
  private final int addPath;
  private final List<Named> named = new ArrayList<>();
  private boolean reachSeen;
  private boolean unreachSeen;

  private NamedPrefixes(byte[] body, int addPath) {
    this.body = body;
    this.addPath = addPath;
  }

  /**
   * The host prefixes of a body whose two lengths add up.
   *
   * @param families the families to look at, a bit set
   * @param addPath the families whose prefixes carry path identifiers
   */
  static List<Named> in(byte[] body, int families, int addPath) {
    NamedPrefixes reader = new NamedPrefixes(body, addPath);
    int withdrawnEnd = 2 + reader.number(0, 2);
    int attributesEnd = withdrawnEnd + 2 + reader.number(withdrawnEnd, 2);
    reader.run(false, Family.IPV4_UNICAST, 2, withdrawnEnd);
    reader.run(true, Family.IPV4_UNICAST, attributesEnd, body.length);
    reader.attributes(withdrawnEnd + 2, attributesEnd);
    return reader.named.stream().filter(n -> n.family().isIn(families)).toList();
  }

  private int number(int at, int bytes) {
    int number = 0;
    for (int i = 0; i < bytes; i++) {
      number = number * 256 + (body[at + i] & 0xff);
    }
    return number;
  }

  private void attributes(int from, int to) {
    int at = from;
    while (at + 3 <= to) {
      int lengthBytes = (body[at] & 0x10) == 0 ? 1 : 2;
      int value = at + 2 + lengthBytes;
      if (value > to) {
        return;
      }
      int end = value + number(at + 2, lengthBytes);
      if (end > to) {
        return;
      }
      int code = body[at + 1] & 0xff;
      if (code == 14 && !reachSeen) {
        reachSeen = true;
        int prefixes = end - value < 5 ? end : value + 4 + number(value + 3, 1) + 1;
        mp(true, value, prefixes, end);
      } else if (code == 15 && !unreachSeen) {
        unreachSeen = true;
        mp(false, value, value + 3, end);
      }
      at = end;
    }
  }

  private void mp(boolean announced, int value, int from, int to) {
    if (to - value < 3 || from > to || number(value + 2, 1) != 1) {
      return;
    }
    switch (number(value, 2)) {
      case 1 -> run(announced, Family.IPV4_UNICAST, from, to);
      case 2 -> run(announced, Family.IPV6_UNICAST, from, to);
      default -> {}
    }
  }

  private void run(boolean announced, Family family, int from, int to) {
    boolean withId = family.isIn(addPath);
    int at = from;
    while (at < to) {
      int length = at + (withId ? 4 : 0);
      if (length >= to) {
        return;
      }
      int bits = body[length] & 0xff;
      int end = length + 1 + (bits + 7) / 8;
      if (bits > family.maxLengthBits() || end > to) {
        return;
      }
      if (bits == family.maxLengthBits()) {
        HostPrefix host =
            new HostPrefix(
                io.landfall.core.Addresses.format(Arrays.copyOfRange(body, length + 1, end)));
        named.add(new Named(announced, family, new Nlri<>(host, withId ? number(at, 4) : 0)));
      }
      at = end;
    }
  }
}
