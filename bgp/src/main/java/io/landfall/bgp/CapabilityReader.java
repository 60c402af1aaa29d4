package io.landfall.bgp;

import io.landfall.bgp.Capabilities.Extension;
import io.landfall.core.Asn;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the value of Capabilities parameters (RFC 5492 section 4) into one {@link Capabilities}.
 *
 * <p>A capability whose own length or value is wrong is ignored as if it were not there (RFC 7911
 * section 4 and RFC 9234 section 4.1 say so for theirs; here it holds for all): what it would have
 * enabled stays off. Only a capability that overruns its parameter makes the OPEN malformed.
 */
final class CapabilityReader {
  private static final int MAX_OTHERS = 64;

  private boolean multiprotocol;
  private int families;
  private Optional<Asn> fourOctetAs = Optional.empty();
  private final EnumSet<Extension> extensions = EnumSet.noneOf(Extension.class);
  private int addPathReceive;
  private int addPathSend;
  private OptionalInt role = OptionalInt.empty();
  private boolean rolesDiffer;
  private final Integer[] pathsLimit = {0, 0};
  private final List<Integer> others = new ArrayList<>();
  private final List<Integer> otherFamilies = new ArrayList<>();

  /** Reads one parameter's value; false when a capability overruns it. */
  boolean read(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (to - at < 2) {
        return false;
      }
      int code = Wire.u8(bytes, at);
      int length = Wire.u8(bytes, at + 1);
      at += 2;
      if (length > to - at) {
        return false;
      }
      capability(code, bytes, at, length);
      at += length;
    }
    return true;
  }

  private void capability(int code, byte[] bytes, int at, int length) {
    switch (code) {
      case Capabilities.MULTIPROTOCOL -> {
        multiprotocol = true;
        if (length == 4) {
          family(Wire.u16(bytes, at), Wire.u8(bytes, at + 3));
        }
      }
      case Capabilities.ROUTE_REFRESH -> extension(Extension.ROUTE_REFRESH, length == 0);
      case Capabilities.ENHANCED_ROUTE_REFRESH ->
          extension(Extension.ENHANCED_ROUTE_REFRESH, length == 0);
      case Capabilities.EXTENDED_MESSAGE -> extension(Extension.EXTENDED_MESSAGE, length == 0);
      case Capabilities.GRACEFUL_RESTART -> extension(Extension.END_OF_RIB, length >= 2);
      case Capabilities.FOUR_OCTET_AS -> {
        if (length == 4) {
          fourOctetAs = Optional.of(new Asn(Wire.u32(bytes, at)));
        }
      }
      case Capabilities.EXTENDED_NEXT_HOP -> extendedNextHop(bytes, at, length);
      case Capabilities.ADD_PATH -> addPath(bytes, at, length);
      case Capabilities.PATHS_LIMIT -> pathsLimit(bytes, at, length);
      case Capabilities.ROLE -> role(bytes, at, length);
      default -> {
        if (others.size() < MAX_OTHERS) {
          others.add(code);
        }
      }
    }
  }

  /** Of several capabilities of one code the last one counts. */
  private void extension(Extension extension, boolean isWellFormed) {
    if (isWellFormed) {
      extensions.add(extension);
    } else {
      extensions.remove(extension);
    }
  }

  private void family(int afi, int safi) {
    int bits = bits(afi, safi);
    families |= bits;
    if (bits == 0 && otherFamilies.size() < MAX_OTHERS) {
      otherFamilies.add(afi << 8 | safi);
    }
  }

  private void extendedNextHop(byte[] bytes, int at, int length) {
    for (int i = at; length % 6 == 0 && i < at + length; i += 6) {
      boolean ipv4 = Wire.u16(bytes, i) == 1 && Wire.u16(bytes, i + 2) == 1;
      if (ipv4 && Wire.u16(bytes, i + 4) == 2) {
        extensions.add(Extension.EXTENDED_NEXT_HOP);
      }
    }
  }

  private void addPath(byte[] bytes, int at, int length) {
    for (int i = at; length % 4 == 0 && i < at + length; i += 4) {
      int bits = bits(Wire.u16(bytes, i), Wire.u8(bytes, i + 2));
      int mode = Wire.u8(bytes, i + 3);
      if (mode >= 1 && mode <= 3) {
        addPathReceive |= (mode & 1) != 0 ? bits : 0;
        addPathSend |= (mode & 2) != 0 ? bits : 0;
      }
    }
  }

  private void pathsLimit(byte[] bytes, int at, int length) {
    for (int i = at; length % 5 == 0 && i < at + length; i += 5) {
      int limit = Wire.u16(bytes, i + 3);
      OpenCodec.family(Wire.u16(bytes, i), Wire.u8(bytes, i + 2))
          .ifPresent(family -> pathsLimit[family.afi() - 1] = limit);
    }
  }

  private void role(byte[] bytes, int at, int length) {
    if (length == 1) {
      int value = Wire.u8(bytes, at);
      rolesDiffer |= role.isPresent() && role.getAsInt() != value;
      role = OptionalInt.of(value);
    }
  }

  private static int bits(int afi, int safi) {
    Optional<Family> family = OpenCodec.family(afi, safi);
    return family.map(Family::bit).orElse(0);
  }

  /** Whether several Role capabilities named different roles (RFC 9234 section 4.2). */
  boolean rolesDiffer() {
    return rolesDiffer;
  }

  Capabilities result() {
    return new Capabilities(
        multiprotocol ? families : Family.IPV4_UNICAST.bit(),
        fourOctetAs,
        extensions,
        new Capabilities.AddPath(addPathReceive, addPathSend, List.of(pathsLimit)),
        role,
        new Capabilities.Unknown(others, otherFamilies));
  }
}
