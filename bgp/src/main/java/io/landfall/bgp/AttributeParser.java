package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.UpdateMessage.Refusal;
import io.landfall.core.Asn;
import io.landfall.core.InvariantBroken;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The second pass: each attribute's value, and the rung of RFC 7606 section 7 on which it lands
 * when it is malformed. A parser object reads one set of attributes and is then done.
 *
 * <p>The vocabulary is closed. An attribute that has no meaning on this session is dropped unread,
 * whatever its flags say of passing it on, so nothing that some other implementation would choke on
 * can ever leave here. What is dropped is listed, so that it can be counted and shown.
 *
 * <p>LOCAL_PREF missing from an internal peer is no error: RFC 4271 section 5 calls only ORIGIN,
 * AS_PATH and NEXT_HOP mandatory, and the route then has the receiver's default.
 */
final class AttributeParser {
  private final DecodeRules rules;
  private final List<Refusal> refusals = new ArrayList<>();
  private ErrorRung rung = ErrorRung.NONE;
  private @Nullable BgpError error;

  private @Nullable Origin origin;
  private @Nullable List<Asn> asPath;
  private Optional<InetAddress> nextHop = Optional.empty();
  private OptionalLong med = OptionalLong.empty();
  private OptionalLong localPref = OptionalLong.empty();
  private Optional<Integer> originatorId = Optional.empty();
  private List<Integer> clusterList = List.of();
  private List<Integer> communities = List.of();
  private List<LargeCommunity> largeCommunities = List.of();
  private OptionalLong onlyToCustomer = OptionalLong.empty();

  private AttributeParser(DecodeRules rules) {
    this.rules = rules;
  }

  /** Reads attributes whose headers and lengths {@link AttributeWalk} has checked. */
  static ParsedAttributes parse(DecodeRules rules, byte[] bytes, int length) {
    AttributeParser parser = new AttributeParser(rules);
    int at = 0;
    while (at < length) {
      int flags = Wire.u8(bytes, at);
      int code = Wire.u8(bytes, at + 1);
      boolean extended = (flags & AttributeType.EXTENDED_LENGTH) != 0;
      int from = at + (extended ? 4 : 3);
      int size = extended ? Wire.u16(bytes, at + 2) : Wire.u8(bytes, at + 2);
      parser.attribute(flags, code, new Value(bytes, from, size));
      at = from + size;
    }
    return parser.result();
  }

  /** The value of one attribute; a parser reads nothing outside it. */
  private record Value(byte[] bytes, int from, int size) {
    int u32(int index) {
      return Wire.u32(bytes, from + index);
    }

    boolean isListOf(int itemBytes) {
      return size > 0 && size % itemBytes == 0;
    }
  }

  private ParsedAttributes result() {
    Origin knownOrigin = origin;
    List<Asn> knownPath = asPath;
    PathAttributes attributes =
        knownOrigin == null || knownPath == null
            ? null
            : new PathAttributes(
                knownOrigin,
                knownPath,
                nextHop,
                med,
                localPref,
                new PathAttributes.Reflection(originatorId, clusterList),
                new PathAttributes.Communities(communities, largeCommunities),
                onlyToCustomer);
    String missing = knownOrigin == null ? "ORIGIN" : knownPath == null ? "AS_PATH" : "";
    return new ParsedAttributes(attributes, missing, rung, error, refusals);
  }

  private void attribute(int flags, int code, Value value) {
    AttributeType type = AttributeType.of(code).orElse(null);
    if (type == null) {
      unknown(flags, code, value);
    } else if (isUnwanted(type)) {
      refuse(MessageRule.UNWANTED_ATTRIBUTE, type, value);
    } else if (isInternalOnly(type) && !rules.internal()) {
      // RFC 7606 sections 7.5, 7.9, 7.10: dropped whatever is in them.
      rung = rung.and(ErrorRung.ATTRIBUTE_DISCARD);
      refuse(MessageRule.ATTRIBUTE_NOT_FOR_EXTERNAL_PEERS, type, value);
    } else if (!type.hasFlags(flags)) {
      withdraw(NotificationCodes.ATTRIBUTE_FLAGS, type, "flags " + Integer.toHexString(flags));
    } else {
      known(type, value);
    }
  }

  private boolean isUnwanted(AttributeType type) {
    // RFC 9234 gives OTC a meaning between two AS with roles only.
    return type == AttributeType.ONLY_TO_CUSTOMER
        && (rules.role() == Role.NONE || rules.internal());
  }

  private static boolean isInternalOnly(AttributeType type) {
    return type == AttributeType.LOCAL_PREF
        || type == AttributeType.ORIGINATOR_ID
        || type == AttributeType.CLUSTER_LIST;
  }

  private void unknown(int flags, int code, Value value) {
    String what = AttributeType.nameOf(code) + ", " + value.size() + " bytes";
    if ((flags & AttributeType.OPTIONAL) != 0) {
      refusals.add(Refusal.attribute(MessageRule.UNWANTED_ATTRIBUTE, code, what));
      return;
    }
    // RFC 4271 section 6.3, which RFC 7606 leaves as it is.
    fail(ErrorRung.SESSION_RESET, NotificationCodes.UNRECOGNIZED_WELL_KNOWN, what);
  }

  private void known(AttributeType type, Value value) {
    switch (type) {
      case ORIGIN -> origin(value);
      case AS_PATH -> asPath(value);
      case NEXT_HOP -> nextHop(value);
      case MULTI_EXIT_DISC -> med = number(type, value);
      case LOCAL_PREF -> localPref = number(type, value);
      case ONLY_TO_CUSTOMER -> onlyToCustomer(value);
      case ORIGINATOR_ID -> {
        OptionalLong id = number(type, value);
        originatorId = id.isPresent() ? Optional.of((int) id.getAsLong()) : Optional.empty();
      }
      case CLUSTER_LIST -> clusterList = numbers(type, value);
      case COMMUNITIES -> communities = numbers(type, value);
      case LARGE_COMMUNITIES -> largeCommunities(value);
      case EXTENDED_COMMUNITIES -> {
        // RFC 7606 section 7.14. What is well formed is dropped like any unwanted attribute.
        if (!value.isListOf(8)) {
          withdraw(NotificationCodes.OPTIONAL_ATTRIBUTE, type, value.size() + " bytes");
        } else {
          refuse(MessageRule.UNWANTED_ATTRIBUTE, type, value);
        }
      }
      case ATOMIC_AGGREGATE -> discard(type, value, value.size() == 0);
      // A peer with 4-octet AS numbers sends eight bytes (RFC 6793 section 3).
      case AGGREGATOR -> discard(type, value, value.size() == 8);
      // RFC 6793 section 6: a peer with 4-octet AS numbers must not send these.
      case AS4_PATH, AS4_AGGREGATOR -> discard(type, value, false);
      case MP_REACH_NLRI, MP_UNREACH_NLRI ->
          throw new InvariantBroken("the walk keeps " + type + " apart");
    }
  }

  private void origin(Value value) {
    if (value.size() != 1) {
      withdraw(NotificationCodes.ATTRIBUTE_LENGTH, AttributeType.ORIGIN, value.size() + " bytes");
      return;
    }
    int number = Wire.u8(value.bytes(), value.from());
    switch (number) {
      case 0 -> origin = Origin.IGP;
      case 1 -> origin = Origin.EGP;
      case 2 -> origin = Origin.INCOMPLETE;
      default ->
          withdraw(NotificationCodes.INVALID_ORIGIN, AttributeType.ORIGIN, "value " + number);
    }
  }

  private void asPath(Value value) {
    AsPathReader.Read read =
        AsPathReader.read(
            value.bytes(),
            value.from(),
            value.size(),
            rules.internal() ? Asn.ZERO : rules.remoteAs());
    switch (read) {
      case AsPathReader.Read.Path(List<Asn> path) -> asPath = path;
      case AsPathReader.Read.Malformed(String why) ->
          withdraw(NotificationCodes.MALFORMED_AS_PATH, AttributeType.AS_PATH, why);
    }
  }

  private void nextHop(Value value) {
    if (value.size() != 4) {
      withdraw(NotificationCodes.ATTRIBUTE_LENGTH, AttributeType.NEXT_HOP, value.size() + " bytes");
      return;
    }
    InetAddress address = NextHopCodec.address(value.bytes(), value.from(), 4);
    if (NextHopCodec.isImpossible(address)) {
      withdraw(
          NotificationCodes.INVALID_NEXT_HOP, AttributeType.NEXT_HOP, address.getHostAddress());
      return;
    }
    nextHop = Optional.of(address);
  }

  private void onlyToCustomer(Value value) {
    onlyToCustomer = number(AttributeType.ONLY_TO_CUSTOMER, value);
    if (onlyToCustomer.isPresent() && rules.role() == Role.PROVIDER) {
      // RFC 9234 section 5: a customer that sends OTC leaks a route; it is ineligible.
      refusals.add(
          Refusal.message(
              MessageRule.ROUTE_LEAK_ONLY_TO_CUSTOMER,
              AttributeType.ONLY_TO_CUSTOMER.code(),
              "OTC from a customer"));
      withdraw(NotificationCodes.OPTIONAL_ATTRIBUTE, AttributeType.ONLY_TO_CUSTOMER, "route leak");
    }
  }

  private OptionalLong number(AttributeType type, Value value) {
    if (value.size() != 4) {
      withdraw(NotificationCodes.ATTRIBUTE_LENGTH, type, value.size() + " bytes");
      return OptionalLong.empty();
    }
    return OptionalLong.of(Integer.toUnsignedLong(value.u32(0)));
  }

  private List<Integer> numbers(AttributeType type, Value value) {
    if (!value.isListOf(4)) {
      withdraw(NotificationCodes.OPTIONAL_ATTRIBUTE, type, value.size() + " bytes");
      return List.of();
    }
    List<Integer> list = new ArrayList<>(value.size() / 4);
    for (int i = 0; i < value.size(); i += 4) {
      list.add(value.u32(i));
    }
    return list;
  }

  private void largeCommunities(Value value) {
    AttributeType type = AttributeType.LARGE_COMMUNITIES;
    if (!value.isListOf(12)) {
      withdraw(NotificationCodes.OPTIONAL_ATTRIBUTE, type, value.size() + " bytes");
      return;
    }
    List<LargeCommunity> list = new ArrayList<>(value.size() / 12);
    for (int i = 0; i < value.size(); i += 12) {
      list.add(new LargeCommunity(value.u32(i), value.u32(i + 4), value.u32(i + 8)));
    }
    largeCommunities = list;
  }

  /** Attributes whose malformed form is discarded, and which are unwanted when well formed. */
  private void discard(AttributeType type, Value value, boolean wellFormed) {
    if (wellFormed) {
      refuse(MessageRule.UNWANTED_ATTRIBUTE, type, value);
    } else {
      rung = rung.and(ErrorRung.ATTRIBUTE_DISCARD);
      refuse(MessageRule.MALFORMED_ATTRIBUTE_DISCARDED, type, value);
    }
  }

  private void refuse(MessageRule rule, AttributeType type, Value value) {
    String what = AttributeType.nameOf(type.code()) + ", " + value.size() + " bytes";
    refusals.add(Refusal.attribute(rule, type.code(), what));
  }

  private void withdraw(int subcode, AttributeType type, String detail) {
    fail(ErrorRung.TREAT_AS_WITHDRAW, subcode, AttributeType.nameOf(type.code()) + ", " + detail);
  }

  private void fail(ErrorRung on, int subcode, String detail) {
    if (error == null || on.compareTo(rung) > 0) {
      error = new BgpError(NotificationCodes.UPDATE, subcode, detail);
    }
    rung = rung.and(on);
  }
}
