package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * OPEN out and in: RFC 4271 sections 4.2 and 6.2, with the optional parameters in their usual and
 * their extended encoding (RFC 9072).
 */
final class OpenCodec {
  /** What stands for an AS number that does not fit in two bytes (RFC 6793). */
  private static final int VERSION = 4;

  private static final int FIXED_BYTES = 10;
  private static final int CAPABILITIES_PARAMETER = 2;
  private static final int EXTENDED = 255;

  /** What the bytes of an OPEN are. */
  sealed interface Decoded {
    /** A well formed OPEN. */
    record Good(OpenMessage open) implements Decoded {}

    /** Not an OPEN that this side takes. */
    record Bad(BgpError error) implements Decoded {}
  }

  private OpenCodec() {}

  static Optional<Family> family(int afi, int safi) {
    if (safi != 1) {
      return Optional.empty();
    }
    return switch (afi) {
      case 1 -> Optional.of(Family.IPV4_UNICAST);
      case 2 -> Optional.of(Family.IPV6_UNICAST);
      default -> Optional.empty();
    };
  }

  static byte[] encode(SessionConfig config) {
    byte[] parameters = parameters(capabilities(config));
    byte[] message =
        MessageType.OPEN.frame(MessageType.HEADER_BYTES + FIXED_BYTES - 1 + parameters.length);
    message[19] = VERSION;
    Wire.putU16(
        message, 20, (config.localAs().fitsTwoOctets() ? config.localAs() : Asn.TRANS).bits());
    Wire.putU16(message, 22, config.holdTimeSeconds());
    Wire.putU32(message, 24, config.localId());
    System.arraycopy(parameters, 0, message, 28, parameters.length);
    return message;
  }

  /**
   * The optional parameters with their length, one Capabilities parameter: as RFC 4271 has them, or
   * extended (RFC 9072) when they do not fit in its one byte.
   */
  static byte[] parameters(byte[] capabilities) {
    byte[] parameters;
    if (capabilities.length + 2 < EXTENDED) {
      parameters = new byte[3 + capabilities.length];
      parameters[0] = (byte) (2 + capabilities.length);
      parameters[1] = CAPABILITIES_PARAMETER;
      parameters[2] = (byte) capabilities.length;
      System.arraycopy(capabilities, 0, parameters, 3, capabilities.length);
    } else {
      parameters = new byte[7 + capabilities.length];
      parameters[0] = (byte) EXTENDED;
      parameters[1] = (byte) EXTENDED;
      Wire.putU16(parameters, 2, 3 + capabilities.length);
      parameters[4] = CAPABILITIES_PARAMETER;
      Wire.putU16(parameters, 5, capabilities.length);
      System.arraycopy(capabilities, 0, parameters, 7, capabilities.length);
    }
    return parameters;
  }

  private static byte[] capabilities(SessionConfig config) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    for (Family family : config.families()) {
      put(out, Capabilities.MULTIPROTOCOL, 0, family.afi(), 0, family.safi());
    }
    put(out, Capabilities.ROUTE_REFRESH);
    if (config.families().size() == Family.values().length) {
      put(out, Capabilities.EXTENDED_NEXT_HOP, 0, 1, 0, 1, 0, 2);
    }
    put(out, Capabilities.EXTENDED_MESSAGE);
    if (config.options().role() != Role.NONE) {
      put(out, Capabilities.ROLE, OpenRules.number(config.options().role()));
    }
    // No restart state, no restart time, no family: only "I send End-of-RIB" (RFC 4724 section 3).
    put(out, Capabilities.GRACEFUL_RESTART, 0, 0);
    int as = config.localAs().bits();
    put(out, Capabilities.FOUR_OCTET_AS, as >>> 24, as >>> 16, as >>> 8, as);
    int mode =
        (config.options().addPath().receives() ? 1 : 0)
            | (config.options().addPath().sends() ? 2 : 0);
    if (mode != 0) {
      int[] value = new int[4 * config.families().size()];
      for (int i = 0; i < config.families().size(); i++) {
        value[4 * i + 1] = config.families().get(i).afi();
        value[4 * i + 2] = config.families().get(i).safi();
        value[4 * i + 3] = mode;
      }
      put(out, Capabilities.ADD_PATH, value);
    }
    put(out, Capabilities.ENHANCED_ROUTE_REFRESH);
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, int code, int... value) {
    out.write(code);
    out.write(value.length);
    for (int b : value) {
      out.write(b);
    }
  }

  /** Reads the body of an OPEN, which is at least ten bytes long. */
  static Decoded decode(byte[] bytes, int from, int to) {
    int version = Wire.u8(bytes, from);
    if (version != VERSION) {
      return bad(
          NotificationCodes.UNSUPPORTED_VERSION, new byte[] {0, VERSION}, "version " + version);
    }
    int at = from + FIXED_BYTES;
    int parametersLength = Wire.u8(bytes, at - 1);
    boolean extended = parametersLength != 0 && to > at && Wire.u8(bytes, at) == EXTENDED;
    if (extended) {
      if (to - at < 3) {
        return malformed("the extended parameters' length is cut off");
      }
      parametersLength = Wire.u16(bytes, at + 1);
      at += 3;
    }
    if (parametersLength != to - at) {
      return malformed(
          "parameters of " + parametersLength + " bytes where " + (to - at) + " are left");
    }
    CapabilityReader capabilities = new CapabilityReader();
    int headerBytes = extended ? 3 : 2;
    while (at < to) {
      if (to - at < headerBytes) {
        return malformed("a parameter's header is cut off");
      }
      int type = Wire.u8(bytes, at);
      int length = extended ? Wire.u16(bytes, at + 1) : Wire.u8(bytes, at + 1);
      if (length > to - at - headerBytes) {
        return malformed("parameter " + type + " overruns the message");
      }
      if (type != CAPABILITIES_PARAMETER) {
        byte[] parameter = Arrays.copyOfRange(bytes, at, at + headerBytes + length);
        return bad(NotificationCodes.UNSUPPORTED_PARAMETER, parameter, "parameter " + type);
      }
      at += headerBytes;
      if (!capabilities.read(bytes, at, at + length)) {
        return malformed("a capability overruns its parameter");
      }
      at += length;
    }
    if (capabilities.rolesDiffer()) {
      return bad(NotificationCodes.ROLE_MISMATCH, new byte[0], "several roles at once");
    }
    return new Decoded.Good(
        new OpenMessage(
            Wire.u16(bytes, from + 1),
            Wire.u16(bytes, from + 3),
            Wire.u32(bytes, from + 5),
            capabilities.result()));
  }

  /** Subcode 0: the OPEN is wrong in a way that no subcode names (RFC 4271 section 6.2). */
  private static Decoded malformed(String detail) {
    return bad(0, new byte[0], detail);
  }

  private static Decoded bad(int subcode, byte[] data, String detail) {
    return new Decoded.Bad(new BgpError(NotificationCodes.OPEN, subcode, data, detail));
  }
}
