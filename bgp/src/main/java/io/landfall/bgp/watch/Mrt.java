package io.landfall.bgp.watch;

import io.landfall.bgp.Family;
import io.landfall.core.Asn;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * MRT records (RFC 6396) with path identifiers (RFC 8050), as bytes: TABLE_DUMP_V2 for a table, and
 * BGP4MP_ET for what happened, with microseconds. Each method makes one whole record. AS numbers
 * have four bytes throughout.
 */
public final class Mrt {
  private static final int TABLE_DUMP_V2 = 13;
  private static final int BGP4MP_ET = 17;

  private static final int PEER_INDEX_TABLE = 1;
  private static final int RIB_IPV4_UNICAST = 2;
  private static final int RIB_IPV6_UNICAST = 4;
  private static final int RIB_IPV4_UNICAST_ADDPATH = 8;
  private static final int RIB_IPV6_UNICAST_ADDPATH = 10;

  private static final int MESSAGE_AS4 = 4;
  private static final int STATE_CHANGE_AS4 = 5;
  private static final int MESSAGE_AS4_ADDPATH = 9;

  /** Peer types of the index: an IPv6 address, a 4-byte AS number (RFC 6396 section 4.3.1). */
  private static final int PEER_IPV6 = 1;

  private static final int PEER_AS4 = 2;

  /** The FSM states of RFC 6396 section 4.4.1. */
  public static final int IDLE = 1;

  /** OpenConfirm. */
  public static final int OPEN_CONFIRM = 5;

  /** Established. */
  public static final int ESTABLISHED = 6;

  private static final int LENGTH_AT = 8;
  private static final int HEADER_BYTES = 12;
  private static final long MICROS = 1_000_000;

  /** How many peers an index has room for. */
  public static final int MOST_PEERS = 65_535;

  /** How many entries one RIB record has room for. */
  public static final int MOST_ENTRIES = 65_535;

  private static final int MOST_NAME_BYTES = 255;

  private Mrt() {}

  /**
   * One peer of an index.
   *
   * @param id its BGP Identifier
   * @param address the address at the other end of its session
   * @param asn its AS number, unsigned
   */
  public record IndexedPeer(int id, InetAddress address, Asn asn) {}

  /**
   * Who sent the routes of the records that follow (RFC 6396 section 4.3.1).
   *
   * @param collectorId our BGP Identifier
   * @param viewName our name
   */
  public static byte[] peerIndexTable(
      long timeMicros, int collectorId, String viewName, List<IndexedPeer> peers) {
    MessageBuffer out = begin(timeMicros, TABLE_DUMP_V2, PEER_INDEX_TABLE);
    byte[] name = MessageBuffer.utf8(viewName, MOST_NAME_BYTES);
    out.u32(collectorId).u16(name.length).bytes(name).u16(peers.size());
    for (IndexedPeer peer : peers) {
      boolean ipv6 = peer.address() instanceof Inet6Address;
      out.u8(PEER_AS4 | (ipv6 ? PEER_IPV6 : 0));
      out.u32(peer.id()).bytes(peer.address().getAddress()).u32(peer.asn().bits());
    }
    return end(out);
  }

  /**
   * One path of a prefix.
   *
   * @param peerIndex the peer's place in the index, from 0
   * @param sinceSeconds when it was learned, seconds since 1970
   * @param pathId its path identifier; written only in records that have them
   * @param attributes its attributes, an IPv6 next hop as section 4.3.4 has it
   */
  @SuppressWarnings("ArrayRecordComponent") // Bytes on their way out; no caller compares them.
  public record Entry(int peerIndex, int sinceSeconds, int pathId, byte[] attributes) {}

  /**
   * The paths of one prefix (RFC 6396 section 4.3.2; RFC 8050 section 4.3 with path identifiers).
   *
   * @param sequence counts the records of a dump from 0
   * @param withPathIds whether each entry has its path identifier
   */
  public static byte[] rib(
      long timeMicros, int sequence, PrefixBytes prefix, boolean withPathIds, List<Entry> entries) {
    boolean ipv4 = prefix.family() == Family.IPV4_UNICAST;
    int subtype = withPathIds ? RIB_IPV6_UNICAST_ADDPATH : RIB_IPV6_UNICAST;
    if (ipv4) {
      subtype = withPathIds ? RIB_IPV4_UNICAST_ADDPATH : RIB_IPV4_UNICAST;
    }
    MessageBuffer out = begin(timeMicros, TABLE_DUMP_V2, subtype);
    out.u32(sequence).u8(prefix.lengthBits());
    byte[] used = new byte[(prefix.lengthBits() + 7) / 8];
    System.arraycopy(prefix.address(), 0, used, 0, used.length);
    out.bytes(used).u16(entries.size());
    for (Entry entry : entries) {
      out.u16(entry.peerIndex()).u32(entry.sinceSeconds());
      if (withPathIds) {
        out.u32(entry.pathId());
      }
      out.u16(entry.attributes().length).bytes(entry.attributes());
    }
    return end(out);
  }

  /**
   * A prefix.
   *
   * @param address its 4 or 16 bytes, of which as many are written as the length needs
   */
  @SuppressWarnings("ArrayRecordComponent") // Bytes on their way out; no caller compares them.
  public record PrefixBytes(Family family, int lengthBits, byte[] address) {}

  /** A session as BGP4MP names it: both AS numbers, both addresses, all of one family. */
  public record Session(Asn peerAsn, Asn localAsn, InetAddress peer, InetAddress local) {
    private void write(MessageBuffer out) {
      boolean ipv6 = peer instanceof Inet6Address;
      byte[] theirs = peer.getAddress();
      byte[] ours = local.getAddress();
      out.u32(peerAsn.bits()).u32(localAsn.bits()).u16(0).u16(ipv6 ? 2 : 1).bytes(theirs);
      // Both have the family of the peer's; what is unknown is zero.
      out.bytes(ours.length == theirs.length ? ours : new byte[theirs.length]);
    }
  }

  /**
   * A message that the peer sent (RFC 6396 section 4.4.3, RFC 8050 section 3).
   *
   * @param message the message, header included
   * @param withPathIds whether add-path was negotiated for what the peer sends
   */
  public static byte[] message(
      long timeMicros, Session session, byte[] message, boolean withPathIds) {
    MessageBuffer out =
        begin(timeMicros, BGP4MP_ET, withPathIds ? MESSAGE_AS4_ADDPATH : MESSAGE_AS4)
            .u32((int) (timeMicros % MICROS));
    session.write(out);
    return end(out.bytes(message));
  }

  /** The session went from one state to another (RFC 6396 section 4.4.1). */
  public static byte[] stateChange(long timeMicros, Session session, int from, int to) {
    MessageBuffer out =
        begin(timeMicros, BGP4MP_ET, STATE_CHANGE_AS4).u32((int) (timeMicros % MICROS));
    session.write(out);
    return end(out.u16(from).u16(to));
  }

  private static MessageBuffer begin(long timeMicros, int type, int subtype) {
    return new MessageBuffer().u32((int) (timeMicros / MICROS)).u16(type).u16(subtype).u32(0);
  }

  private static byte[] end(MessageBuffer out) {
    out.putU32(LENGTH_AT, out.size() - HEADER_BYTES);
    return out.take();
  }
}
