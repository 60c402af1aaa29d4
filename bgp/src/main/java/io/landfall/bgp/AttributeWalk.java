package io.landfall.bgp;

import io.landfall.bgp.UpdateMessage.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first pass over the path attributes of an UPDATE: headers and lengths only (RFC 7606 sections
 * 3.g and 4). It finds the two attributes that carry prefixes, and copies the others, each once, to
 * a row of bytes that means the same whatever the prefixes are: the key under which parsed
 * attributes are kept.
 *
 * <p>No value is looked at here, and no later parser sees more than the value it is for.
 */
final class AttributeWalk {
  private static final int INITIAL_BYTES = 256;

  private byte[] plain = new byte[INITIAL_BYTES];
  private int plainLength;
  private final long[] seen = new long[4];
  private int count;

  private ErrorRung rung = ErrorRung.NONE;
  private @Nullable BgpError error;
  private final List<Refusal> refusals = new ArrayList<>();

  private int reachFlags;
  private int reachFrom;
  private int reachTo;
  private int unreachFlags;
  private int unreachFrom;
  private int unreachTo;

  /** Walks the attributes between two positions. */
  void walk(byte[] bytes, int from, int to) {
    plainLength = 0;
    Arrays.fill(seen, 0);
    count = 0;
    rung = ErrorRung.NONE;
    error = null;
    refusals.clear();
    reachFrom = -1;
    unreachFrom = -1;
    int at = from;
    while (at < to && rung.compareTo(ErrorRung.TREAT_AS_WITHDRAW) < 0) {
      at = attribute(bytes, at, to);
    }
  }

  private int attribute(byte[] bytes, int at, int to) {
    int left = to - at;
    int flags = Wire.u8(bytes, at);
    boolean extended = (flags & AttributeType.EXTENDED_LENGTH) != 0;
    int headerBytes = extended ? 4 : 3;
    int code = left > 1 ? Wire.u8(bytes, at + 1) : 0;
    if (left < headerBytes) {
      overrun(code, "the header of " + AttributeType.nameOf(code) + " is cut off");
      return to;
    }
    int length = extended ? Wire.u16(bytes, at + 2) : Wire.u8(bytes, at + 2);
    if (length > left - headerBytes) {
      overrun(code, AttributeType.nameOf(code) + " overruns the attributes");
      return to;
    }
    int end = at + headerBytes + length;
    count++;
    boolean again = (seen[code >> 6] & (1L << (code & 63))) != 0;
    seen[code >> 6] |= 1L << (code & 63);
    boolean reach = code == AttributeType.MP_REACH_NLRI.code();
    boolean unreach = code == AttributeType.MP_UNREACH_NLRI.code();
    if (again && (reach || unreach)) {
      fail(ErrorRung.SESSION_RESET, AttributeType.nameOf(code) + " appears twice");
    } else if (again) {
      rung = rung.and(ErrorRung.ATTRIBUTE_DISCARD);
      refusals.add(
          Refusal.attribute(MessageRule.DUPLICATE_ATTRIBUTE, code, AttributeType.nameOf(code)));
    } else if (reach) {
      reachFlags = flags;
      reachFrom = at + headerBytes;
      reachTo = end;
    } else if (unreach) {
      unreachFlags = flags;
      unreachFrom = at + headerBytes;
      unreachTo = end;
    } else {
      keep(bytes, at, end);
    }
    return end;
  }

  /**
   * RFC 7606 section 4: the total length still says where the NLRI field is, so its prefixes are
   * known. But when the attribute that is cut off is one that names prefixes, they are not.
   */
  private void overrun(int code, String detail) {
    boolean namesPrefixes =
        code == AttributeType.MP_REACH_NLRI.code() || code == AttributeType.MP_UNREACH_NLRI.code();
    fail(namesPrefixes ? ErrorRung.SESSION_RESET : ErrorRung.TREAT_AS_WITHDRAW, detail);
  }

  private void fail(ErrorRung on, String detail) {
    rung = rung.and(on);
    error =
        new BgpError(NotificationCodes.UPDATE, NotificationCodes.MALFORMED_ATTRIBUTE_LIST, detail);
  }

  private void keep(byte[] bytes, int from, int to) {
    int length = to - from;
    if (plainLength + length > plain.length) {
      plain = Arrays.copyOf(plain, Math.max(2 * plain.length, plainLength + length));
    }
    System.arraycopy(bytes, from, plain, plainLength, length);
    plainLength += length;
  }

  /** The attributes that carry no prefixes, as they came, each once; only until the next walk. */
  byte[] plain() {
    return plain;
  }

  int plainLength() {
    return plainLength;
  }

  /** How many attributes there were. */
  int count() {
    return count;
  }

  ErrorRung rung() {
    return rung;
  }

  @Nullable BgpError error() {
    return error;
  }

  List<Refusal> refusals() {
    return refusals;
  }

  boolean hasReach() {
    return reachFrom >= 0;
  }

  boolean hasUnreach() {
    return unreachFrom >= 0;
  }

  int reachFlags() {
    return reachFlags;
  }

  int reachFrom() {
    return reachFrom;
  }

  int reachTo() {
    return reachTo;
  }

  int unreachFlags() {
    return unreachFlags;
  }

  int unreachFrom() {
    return unreachFrom;
  }

  int unreachTo() {
    return unreachTo;
  }
}
