package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.Asn;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Routes to bytes for receivers that are no peers: a BMP station (RFC 7854) is sent the table as
 * UPDATE messages, an MRT file (RFC 6396) holds attributes alone. One family of one AS, with the
 * encoder that sends to peers, so a watcher sees what a peer would.
 *
 * @param <P> the plane's prefix type
 */
public final class UpdateWriter<P> {
  private static final int NO_RECEIVE_LIMIT = Integer.MAX_VALUE;

  /** Whether prefixes carry their path identifier (RFC 7911). */
  public enum PathIds {
    /** They do. */
    PRESENT,
    /** They do not. */
    ABSENT
  }

  private final Family family;
  private final UpdateEncoder<P> encoder;
  private final AttributeWriter attributes;

  /**
   * A writer.
   *
   * @param asn the AS number, unsigned
   * @param pathIds whether prefixes carry their path identifier (RFC 7911)
   */
  public UpdateWriter(Asn asn, PrefixCodec<P> codec, Family family, PathIds pathIds) {
    this.family = family;
    boolean addPath = pathIds == PathIds.PRESENT;
    SessionConfig config = config(asn, 1, family, addPath);
    Negotiated negotiated =
        new Negotiated(
            0, 1, family.bit(), 0, addPath ? family.bit() : 0, false, MessageType.MAX_BYTES);
    this.encoder = new UpdateEncoder<>(config, codec, negotiated, true);
    this.attributes = new AttributeWriter(config);
  }

  /** UPDATE messages, each whole and in an array of its own, at most 4096 bytes long. */
  public List<byte[]> write(UpdateMessage<P> update) {
    List<byte[]> single = new ArrayList<>();
    for (byte[] several : encoder.encode(update)) {
      int at = 0;
      while (at < several.length) {
        int length = Wire.u16(several, at + 16);
        single.add(Arrays.copyOfRange(several, at, at + length));
        at += length;
      }
    }
    return single;
  }

  /** The family's End-of-RIB marker (RFC 4724 section 2). */
  public byte[] endOfRib() {
    return write(
            new UpdateMessage<>(
                List.of(), List.of(), Optional.empty(), List.of(), Optional.of(family)))
        .getFirst();
  }

  /**
   * The attributes of a RIB entry in MRT's TABLE_DUMP_V2: an IPv6 next hop is in an MP_REACH_NLRI
   * that holds nothing else (RFC 6396 section 4.3.4).
   */
  public byte[] mrtAttributes(PathAttributes set) {
    InetAddress nextHop = set.nextHop().orElseThrow();
    if (family == Family.IPV4_UNICAST && !(nextHop instanceof Inet6Address)) {
      return attributes.write(set, true);
    }
    byte[] address = NextHopCodec.sixteenBytes(nextHop);
    byte[] rest = attributes.write(set, false);
    AttributeType type = AttributeType.MP_REACH_NLRI;
    byte[] all = new byte[rest.length + 4 + address.length];
    System.arraycopy(rest, 0, all, 0, rest.length);
    all[rest.length] = (byte) type.flags();
    all[rest.length + 1] = (byte) type.code();
    all[rest.length + 2] = (byte) (1 + address.length);
    all[rest.length + 3] = (byte) address.length;
    System.arraycopy(address, 0, all, rest.length + 4, address.length);
    return all;
  }

  /**
   * An OPEN that was never on a wire: RFC 9069 section 4.2 has a Loc-RIB come up with two of them,
   * which say how its UPDATEs are to be read.
   *
   * @param id the BGP Identifier
   */
  public static byte[] inventedOpen(Asn asn, int id, Family family, boolean addPath) {
    return OpenCodec.encode(config(asn, id, family, addPath));
  }

  private static SessionConfig config(Asn asn, int id, Family family, boolean addPath) {
    SessionConfig.Options options =
        new SessionConfig.Options(
            addPath ? SessionConfig.AddPath.BOTH : SessionConfig.AddPath.NONE,
            Role.NONE,
            0,
            1,
            NO_RECEIVE_LIMIT);
    return new SessionConfig(
        asn,
        asn,
        id,
        OptionalLong.empty(),
        0,
        List.of(family),
        SessionConfig.Opening.PASSIVE,
        options);
  }
}
