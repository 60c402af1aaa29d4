package io.landfall.bgp;

import io.landfall.bgp.Capabilities.Extension;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionConfig.RoleMode;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.Asn;
import io.landfall.core.InvariantBroken;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether the peer's OPEN is one that this session takes (RFC 4271 section 6.2), and what both
 * sides then agree on.
 */
final class OpenRules {
  /** The number of a role that this side never plays. */
  private static final int ROUTE_SERVER = 1;

  private OpenRules() {}

  /** A role's number in the capability (RFC 9234 section 4.1). */
  static int number(Role role) {
    return switch (role) {
      case PROVIDER -> 0;
      case RS_CLIENT -> 2;
      case CUSTOMER -> 3;
      case PEER -> 4;
      case NONE -> throw new InvariantBroken("no role has no number");
    };
  }

  /** The rule that the OPEN breaks, if any. */
  static Optional<BgpError> check(SessionConfig config, OpenMessage open) {
    Capabilities capabilities = open.capabilities();
    if (open.holdTimeSeconds() == 1 || open.holdTimeSeconds() == 2) {
      return error(
          NotificationCodes.UNACCEPTABLE_HOLD_TIME,
          "hold time " + open.holdTimeSeconds() + " s; 0, or 3 and more, is allowed");
    }
    if (open.holdTimeSeconds() == 0 && config.holdTimeSeconds() != 0) {
      // RFC 4271 section 4.2 lets a speaker reject any hold time. A session without one would never
      // notice that its peer is gone, and would keep its routes and refuse its next connection.
      return error(
          NotificationCodes.UNACCEPTABLE_HOLD_TIME,
          "hold time 0, without which this side would not notice that the peer is gone");
    }
    if (capabilities.fourOctetAs().isEmpty()) {
      byte[] wanted = {Capabilities.FOUR_OCTET_AS, 4, 0, 0, 0, 0};
      Wire.putU32(wanted, 2, config.localAs().bits());
      return error(
          NotificationCodes.UNSUPPORTED_CAPABILITY,
          wanted,
          "the peer does not speak 4-octet AS numbers (RFC 6793), which this side requires");
    }
    Optional<BgpError> as = checkAs(config, open);
    if (as.isPresent()) {
      return as;
    }
    Optional<BgpError> id = checkId(config, open.id());
    if (id.isPresent()) {
      return id;
    }
    if ((familyBits(config) & capabilities.families()) == 0) {
      byte[] wanted = new byte[6 * config.families().size()];
      for (int i = 0; i < config.families().size(); i++) {
        wanted[6 * i] = Capabilities.MULTIPROTOCOL;
        wanted[6 * i + 1] = 4;
        wanted[6 * i + 3] = (byte) config.families().get(i).afi();
        wanted[6 * i + 5] = (byte) config.families().get(i).safi();
      }
      return error(NotificationCodes.UNSUPPORTED_CAPABILITY, wanted, "no address family in common");
    }
    return checkRole(config, capabilities.role());
  }

  private static Optional<BgpError> checkAs(SessionConfig config, OpenMessage open) {
    Asn named = open.capabilities().fourOctetAs().orElse(Asn.ZERO);
    // AS 0 is reserved (RFC 7607), also where it was configured by mistake.
    boolean matches = !named.equals(Asn.ZERO) && named.equals(config.remoteAs());
    boolean consistent =
        open.twoOctetAs() == (named.fitsTwoOctets() ? named : Asn.TRANS).bits()
            || open.twoOctetAs() == Asn.TRANS.bits();
    if (matches && consistent) {
      return Optional.empty();
    }
    return error(
        NotificationCodes.BAD_PEER_AS,
        matches
            ? "the two AS numbers of the OPEN differ: " + open.twoOctetAs()
            : "the OPEN names AS " + named + ", not " + config.remoteAs());
  }

  private static Optional<BgpError> checkId(SessionConfig config, int id) {
    if (id == 0) {
      return error(NotificationCodes.BAD_BGP_IDENTIFIER, "the BGP Identifier is zero");
    }
    if (config.internal() && id == config.localId()) {
      // RFC 6286 section 2.1: inside one AS the identifier is unique.
      return error(
          NotificationCodes.BAD_BGP_IDENTIFIER, dotted(id) + " is this side's BGP Identifier");
    }
    if (config.expectedRemoteId().isPresent()
        && (int) config.expectedRemoteId().getAsLong() != id) {
      return error(
          NotificationCodes.BAD_BGP_IDENTIFIER,
          "the peer says "
              + dotted(id)
              + ", not "
              + dotted((int) config.expectedRemoteId().getAsLong()));
    }
    return Optional.empty();
  }

  private static Optional<BgpError> checkRole(SessionConfig config, OptionalInt role) {
    // Roles mean nothing inside one AS.
    if (config.options().role() == Role.NONE || config.internal()) {
      return Optional.empty();
    }
    int expected = numberOfOpposite(config.options().role());
    if (role.isPresent()
        ? role.getAsInt() == expected
        : config.options().roleMode() == RoleMode.LENIENT) {
      return Optional.empty();
    }
    return error(
        NotificationCodes.ROLE_MISMATCH,
        "this side is "
            + name(number(config.options().role()))
            + ", so the peer must be "
            + name(expected)
            + ", and it says "
            + (role.isPresent() ? name(role.getAsInt()) : "no role"));
  }

  /** What the other side must be (RFC 9234 section 4.2, table 2). */
  private static int numberOfOpposite(Role role) {
    return switch (role) {
      case PROVIDER -> number(Role.CUSTOMER);
      case CUSTOMER -> number(Role.PROVIDER);
      case PEER -> number(Role.PEER);
      case RS_CLIENT -> ROUTE_SERVER;
      case NONE -> throw new InvariantBroken("no role has no opposite");
    };
  }

  private static String name(int role) {
    return switch (role) {
      case 0 -> "provider";
      case ROUTE_SERVER -> "rs";
      case 2 -> "rs-client";
      case 3 -> "customer";
      case 4 -> "peer";
      default -> "role " + role;
    };
  }

  static Negotiated negotiate(SessionConfig config, OpenMessage open) {
    Capabilities theirs = open.capabilities();
    int families = familyBits(config) & theirs.families();
    return new Negotiated(
        Math.min(config.holdTimeSeconds(), open.holdTimeSeconds()),
        open.id(),
        families,
        config.options().addPath().receives() ? families & theirs.addPath().send() : 0,
        config.options().addPath().sends() ? families & theirs.addPath().receive() : 0,
        theirs.has(Extension.ROUTE_REFRESH),
        theirs.has(Extension.EXTENDED_MESSAGE)
            ? MessageType.MAX_EXTENDED_BYTES
            : MessageType.MAX_BYTES);
  }

  static int familyBits(SessionConfig config) {
    int bits = 0;
    for (Family family : config.families()) {
      bits |= family.bit();
    }
    return bits;
  }

  private static String dotted(int id) {
    return (id >>> 24) + "." + ((id >>> 16) & 0xff) + "." + ((id >>> 8) & 0xff) + "." + (id & 0xff);
  }

  private static Optional<BgpError> error(int subcode, String detail) {
    return error(subcode, new byte[0], detail);
  }

  private static Optional<BgpError> error(int subcode, byte[] data, String detail) {
    return Optional.of(new BgpError(NotificationCodes.OPEN, subcode, data, detail));
  }
}
