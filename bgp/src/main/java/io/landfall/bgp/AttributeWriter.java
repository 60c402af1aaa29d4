package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.InvariantBroken;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Path attributes to bytes, in ascending order of their numbers (RFC 4271 section 5). MP_REACH_NLRI
 * is not written here, since it holds the prefixes.
 *
 * <p>What may leave towards another AS is decided by the session and not by the route: LOCAL_PREF,
 * ORIGINATOR_ID and CLUSTER_LIST stay inside; an AS_PATH that does not begin with this AS gets it
 * in front (RFC 4271 section 5.1.2), so a plane may give the empty path or one with its own
 * prepends.
 */
final class AttributeWriter {
  /** What an internal peer is sent when the route has no LOCAL_PREF (RFC 4271 section 5.1.5). */
  private static final int DEFAULT_LOCAL_PREF = 100;

  private static final int MAX_SEGMENT = 255;
  private static final int AS_SEQUENCE = 2;

  private final SessionConfig config;
  private byte[] buffer = new byte[256];
  private int at;

  AttributeWriter(SessionConfig config) {
    this.config = config;
  }

  /**
   * Writes a set of attributes.
   *
   * @param withNextHop whether NEXT_HOP is among them, as it is when the prefixes are in the NLRI
   *     field
   */
  byte[] write(PathAttributes attributes, boolean withNextHop) {
    at = 0;
    header(AttributeType.ORIGIN, 1);
    buffer[at++] = originCode(attributes.origin());
    asPath(attributes.asPath());
    if (withNextHop) {
      header(AttributeType.NEXT_HOP, 4);
      bytes(ipv4(attributes.nextHop().orElseThrow()));
    }
    number(AttributeType.MULTI_EXIT_DISC, attributes.med());
    if (config.internal()) {
      number(
          AttributeType.LOCAL_PREF,
          OptionalLong.of(attributes.localPref().orElse(DEFAULT_LOCAL_PREF)));
    }
    numbers(AttributeType.COMMUNITIES, attributes.communities().standard());
    if (config.internal()) {
      if (attributes.reflection().originatorId().isPresent()) {
        header(AttributeType.ORIGINATOR_ID, 4);
        u32(attributes.reflection().originatorId().get());
      }
      numbers(AttributeType.CLUSTER_LIST, attributes.reflection().clusterList());
    }
    largeCommunities(attributes.communities().large());
    onlyToCustomer(attributes.onlyToCustomer());
    byte[] result = new byte[at];
    System.arraycopy(buffer, 0, result, 0, at);
    return result;
  }

  private void asPath(List<Asn> path) {
    boolean prepend =
        !config.internal() && (path.isEmpty() || !path.getFirst().equals(config.localAs()));
    int length = path.size() + (prepend ? 1 : 0);
    int segments = (length + MAX_SEGMENT - 1) / MAX_SEGMENT;
    header(AttributeType.AS_PATH, 2 * segments + 4 * length);
    for (int i = 0; i < length; i++) {
      if (i % MAX_SEGMENT == 0) {
        buffer[at++] = AS_SEQUENCE;
        buffer[at++] = (byte) Math.min(MAX_SEGMENT, length - i);
      }
      u32((prepend ? (i == 0 ? config.localAs() : path.get(i - 1)) : path.get(i)).bits());
    }
  }

  private void largeCommunities(List<LargeCommunity> list) {
    if (list.isEmpty()) {
      return;
    }
    header(AttributeType.LARGE_COMMUNITIES, 12 * list.size());
    for (LargeCommunity community : list) {
      u32(community.globalAdministrator());
      u32(community.localData1());
      u32(community.localData2());
    }
  }

  private void onlyToCustomer(OptionalLong value) {
    if (config.internal()) {
      return;
    }
    Role role = config.options().role();
    if (value.isEmpty() && (role == Role.PROVIDER || role == Role.PEER)) {
      // RFC 9234 section 5: towards a customer or peer OTC is added with the local AS number.
      number(AttributeType.ONLY_TO_CUSTOMER, OptionalLong.of(config.localAs().number()));
    } else if (role != Role.NONE) {
      number(AttributeType.ONLY_TO_CUSTOMER, value);
    }
  }

  private void number(AttributeType type, OptionalLong value) {
    if (value.isPresent()) {
      header(type, 4);
      u32((int) value.getAsLong());
    }
  }

  private void numbers(AttributeType type, List<Integer> list) {
    if (list.isEmpty()) {
      return;
    }
    header(type, 4 * list.size());
    for (int value : list) {
      u32(value);
    }
  }

  /** Writes flags, number and length, and makes room for the value. */
  private void header(AttributeType type, int length) {
    if (length > 0xffff) {
      throw new InvariantBroken(type + " of " + length + " bytes cannot be written");
    }
    if (at + 4 + length > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, at + 4 + length));
    }
    boolean extended = length > 0xff;
    buffer[at++] = (byte) (type.flags() | (extended ? AttributeType.EXTENDED_LENGTH : 0));
    buffer[at++] = (byte) type.code();
    if (extended) {
      Wire.putU16(buffer, at, length);
      at += 2;
    } else {
      buffer[at++] = (byte) length;
    }
  }

  private void u32(int value) {
    Wire.putU32(buffer, at, value);
    at += 4;
  }

  private void bytes(byte[] value) {
    System.arraycopy(value, 0, buffer, at, value.length);
    at += value.length;
  }

  private static byte originCode(Origin origin) {
    return switch (origin) {
      case IGP -> 0;
      case EGP -> 1;
      case INCOMPLETE -> 2;
    };
  }

  private static byte[] ipv4(InetAddress nextHop) {
    if (!(nextHop instanceof Inet4Address)) {
      throw new InvariantBroken("NEXT_HOP is an IPv4 address, not " + nextHop.getHostAddress());
    }
    return nextHop.getAddress();
  }
}
