package io.landfall.bgp;

import io.landfall.bgp.UpdateMessage.Refusal;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 sections 3 and 4) up to where their prefixes begin.
 *
 * <p>Their errors are the costly ones (RFC 7606 sections 7.11 and 7.12): when the next hop's length
 * is wrong, it is unknown where the prefixes start, and the session must end. A family that was not
 * negotiated is skipped unread, with a refusal.
 *
 * @param reach where the announced prefixes are, when there are any to read
 * @param announces whether MP_REACH_NLRI has at least one byte of prefixes, of whatever family; one
 *     without any announces nothing, so it is no reachable NLRI in the sense of RFC 7606 section
 *     5.2
 * @param unreach where the withdrawn prefixes are, when there are any to read
 * @param rung how badly the two are malformed
 * @param error the first error of that rung
 * @param refusals what was skipped
 */
record MpAttributes(
    Optional<Reach> reach,
    boolean announces,
    Optional<Field> unreach,
    ErrorRung rung,
    @Nullable BgpError error,
    List<Refusal> refusals) {

  /** Prefixes of one family between two positions. */
  record Field(Family family, int from, int to) {}

  /** Announced prefixes and the position of their next hop. */
  record Reach(Field prefixes, int nextHopFrom, int nextHopLength) {}

  private static final MpAttributes NONE =
      new MpAttributes(Optional.empty(), false, Optional.empty(), ErrorRung.NONE, null, List.of());

  static MpAttributes read(DecodeRules rules, AttributeWalk walk, byte[] bytes) {
    if (!walk.hasReach() && !walk.hasUnreach()) {
      return NONE;
    }
    Reader reader = new Reader(rules, bytes);
    if (walk.hasReach()) {
      reader.reach(walk.reachFlags(), walk.reachFrom(), walk.reachTo());
    }
    if (walk.hasUnreach()) {
      reader.unreach(walk.unreachFlags(), walk.unreachFrom(), walk.unreachTo());
    }
    return new MpAttributes(
        reader.reach, reader.announces, reader.unreach, reader.rung, reader.error, reader.refusals);
  }

  private static final class Reader {
    private final DecodeRules rules;
    private final byte[] bytes;
    private Optional<Reach> reach = Optional.empty();
    private boolean announces;
    private Optional<Field> unreach = Optional.empty();
    private ErrorRung rung = ErrorRung.NONE;
    private @Nullable BgpError error;
    private final List<Refusal> refusals = new ArrayList<>(0);

    Reader(DecodeRules rules, byte[] bytes) {
      this.rules = rules;
      this.bytes = bytes;
    }

    void reach(int flags, int from, int to) {
      AttributeType type = AttributeType.MP_REACH_NLRI;
      if (to - from < 5) {
        reset(type, to - from + " bytes");
        return;
      }
      int length = Wire.u8(bytes, from + 3);
      int nextHopFrom = from + 4;
      int prefixesFrom = nextHopFrom + length + 1;
      if (prefixesFrom > to) {
        reset(type, "a next hop of " + length + " bytes overruns it");
        return;
      }
      announces = prefixesFrom < to;
      checkFlags(type, flags);
      Family family = negotiated(type, from);
      if (family == null) {
        return;
      }
      if (!fits(family, length)) {
        reset(type, "a next hop of " + length + " bytes for " + family);
        return;
      }
      InetAddress nextHop = NextHopCodec.address(bytes, nextHopFrom, length);
      if (NextHopCodec.isImpossible(nextHop)) {
        fail(
            ErrorRung.TREAT_AS_WITHDRAW,
            NotificationCodes.INVALID_NEXT_HOP,
            type + ", next hop " + nextHop.getHostAddress());
      }
      reach = Optional.of(new Reach(new Field(family, prefixesFrom, to), nextHopFrom, length));
    }

    void unreach(int flags, int from, int to) {
      AttributeType type = AttributeType.MP_UNREACH_NLRI;
      if (to - from < 3) {
        reset(type, to - from + " bytes");
        return;
      }
      checkFlags(type, flags);
      Family family = negotiated(type, from);
      if (family != null) {
        unreach = Optional.of(new Field(family, from + 3, to));
      }
    }

    private @Nullable Family negotiated(AttributeType type, int from) {
      int afi = Wire.u16(bytes, from);
      int safi = Wire.u8(bytes, from + 2);
      Family family = OpenCodec.family(afi, safi).orElse(null);
      if (family != null && family.isIn(rules.families())) {
        return family;
      }
      String what = type + " with AFI " + afi + ", SAFI " + safi;
      refusals.add(Refusal.family(UpdateDecoder.NOT_NEGOTIATED, afi, safi, what));
      return null;
    }

    private boolean fits(Family family, int nextHopLength) {
      boolean ipv6 = nextHopLength == 16 || nextHopLength == 32;
      return switch (family) {
        case IPV6_UNICAST -> ipv6;
        case IPV4_UNICAST -> nextHopLength == 4 || (ipv6 && rules.extendedNextHop());
      };
    }

    private void checkFlags(AttributeType type, int flags) {
      if (!type.hasFlags(flags)) {
        fail(
            ErrorRung.TREAT_AS_WITHDRAW,
            NotificationCodes.ATTRIBUTE_FLAGS,
            type + ", flags " + Integer.toHexString(flags));
      }
    }

    private void reset(AttributeType type, String detail) {
      fail(ErrorRung.SESSION_RESET, NotificationCodes.OPTIONAL_ATTRIBUTE, type + ", " + detail);
    }

    private void fail(ErrorRung on, int subcode, String detail) {
      if (error == null || on.compareTo(rung) > 0) {
        error = new BgpError(NotificationCodes.UPDATE, subcode, detail);
      }
      rung = rung.and(on);
    }
  }
}
