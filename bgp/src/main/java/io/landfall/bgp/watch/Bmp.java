package io.landfall.bgp.watch;

import io.landfall.bgp.SessionEffect.DownReason;
import java.util.List;
import java.util.Optional;

/**
 * The messages of BMP version 3 (RFC 7854), with Loc-RIB monitoring (RFC 9069), as bytes. Each
 * method makes one whole message. Times are in microseconds since 1970.
 */
public final class Bmp {
  private static final int VERSION = 3;
  private static final int HEADER_BYTES = 6;

  private static final int ROUTE_MONITORING = 0;
  private static final int STATISTICS_REPORT = 1;
  private static final int PEER_DOWN = 2;
  private static final int PEER_UP = 3;
  private static final int INITIATION = 4;
  private static final int TERMINATION = 5;

  /** Information TLVs (section 4.4; RFC 9069 section 4.3 adds the last). */
  private static final int STRING = 0;

  private static final int SYS_DESCR = 1;
  private static final int SYS_NAME = 2;
  private static final int TABLE_NAME = 3;

  /** RFC 9069 section 4.3: a table name has 1 to 255 bytes; we keep all texts that short. */
  private static final int MOST_TEXT_BYTES = 255;

  private static final int TERMINATION_REASON = 1;

  /** Termination, reason 0: the session is closed by the administrator. */
  public static final int ADMINISTRATIVELY_CLOSED = 0;

  /** Termination, reason 2: the router is out of resources. */
  public static final int OUT_OF_RESOURCES = 2;

  private static final int LOCAL_NOTIFICATION = 1;
  private static final int LOCAL_WITHOUT_NOTIFICATION = 2;
  private static final int REMOTE_NOTIFICATION = 3;
  private static final int REMOTE_WITHOUT_NOTIFICATION = 4;

  /** NOTIFICATION codes that say which timer ended a session that could not be sent one. */
  private static final int HOLD_TIMER_CODE = 4;

  private static final int SEND_HOLD_TIMER_CODE = 8;

  /** FSM events of RFC 4271 section 8.1.3 and RFC 9687 section 4.1. */
  private static final int HOLD_TIMER_EXPIRES = 10;

  private static final int SEND_HOLD_TIMER_EXPIRES = 29;
  private static final int NO_EVENT = 0;

  private Bmp() {}

  /** Who sends (section 4.3): the first message of a connection. */
  public static byte[] initiation(String sysName, String sysDescr) {
    MessageBuffer out = begin(INITIATION);
    tlv(out, SYS_DESCR, sysDescr);
    tlv(out, SYS_NAME, sysName);
    return end(out);
  }

  /** The last message of a connection, and why (section 4.5). */
  public static byte[] termination(int reason, String why) {
    MessageBuffer out = begin(TERMINATION);
    tlv(out, STRING, why);
    out.u16(TERMINATION_REASON).u16(2).u16(reason);
    return end(out);
  }

  /** The TCP connection and the two OPENs of a session that came up. */
  @SuppressWarnings("ArrayRecordComponent") // Two messages that no caller compares.
  public record Opening(TcpEnd local, TcpEnd remote, byte[] sentOpen, byte[] receivedOpen) {}

  /**
   * A session is Established (section 4.10). No Information TLV follows the OPENs: they are
   * optional, and Wireshark 4.0 takes them for a malformed BGP message.
   */
  public static byte[] peerUp(BmpPeer peer, long timeMicros, Opening opening) {
    MessageBuffer out = begin(PEER_UP);
    peer.write(out, timeMicros);
    BmpPeer.writeAddress(out, Optional.of(opening.local().address()));
    out.u16(opening.local().port()).u16(opening.remote().port());
    return end(out.bytes(opening.sentOpen()).bytes(opening.receivedOpen()));
  }

  /**
   * A Loc-RIB is there (RFC 9069 sections 4.2 and 5.1): no addresses, the same invented OPEN twice,
   * and the table's name.
   */
  public static byte[] locRibUp(BmpPeer peer, long timeMicros, byte[] inventedOpen, String table) {
    MessageBuffer out = begin(PEER_UP);
    peer.write(out, timeMicros);
    out.zeros(16 + 2 + 2).bytes(inventedOpen).bytes(inventedOpen);
    tlv(out, TABLE_NAME, table);
    return end(out);
  }

  /**
   * A session ended (section 4.9): who ended it, and with which text.
   *
   * @param notification the NOTIFICATION, header included; empty when there was none
   */
  public static byte[] peerDown(
      BmpPeer peer, long timeMicros, DownReason reason, byte[] notification) {
    MessageBuffer out = begin(PEER_DOWN);
    peer.write(out, timeMicros);
    if (notification.length > 0) {
      out.u8(reason.byPeer() ? REMOTE_NOTIFICATION : LOCAL_NOTIFICATION).bytes(notification);
    } else if (reason.byPeer()) {
      out.u8(REMOTE_WITHOUT_NOTIFICATION);
    } else {
      int event =
          switch (reason.code()) {
            case HOLD_TIMER_CODE -> HOLD_TIMER_EXPIRES;
            case SEND_HOLD_TIMER_CODE -> SEND_HOLD_TIMER_EXPIRES;
            default -> NO_EVENT;
          };
      out.u8(LOCAL_WITHOUT_NOTIFICATION).u16(event);
    }
    return end(out);
  }

  /** One UPDATE (section 4.6), as the peer sent it or as the table would be advertised. */
  public static byte[] routeMonitoring(BmpPeer peer, long timeMicros, byte[] update) {
    MessageBuffer out = begin(ROUTE_MONITORING);
    peer.write(out, timeMicros);
    return end(out.bytes(update));
  }

  /** Counters and gauges (section 4.8). */
  public static byte[] statistics(BmpPeer peer, long timeMicros, List<BmpStatistic> list) {
    MessageBuffer out = begin(STATISTICS_REPORT);
    peer.write(out, timeMicros);
    out.u32(list.size());
    for (BmpStatistic statistic : list) {
      switch (statistic) {
        case BmpStatistic.Counter(int type, long count) -> out.u16(type).u16(4).u32((int) count);
        case BmpStatistic.Gauge(int type, long value) -> out.u16(type).u16(8).u64(value);
        case BmpStatistic.FamilyGauge gauge ->
            out.u16(gauge.type())
                .u16(11)
                .u16(gauge.family().afi())
                .u8(gauge.family().safi())
                .u64(gauge.value());
      }
    }
    return end(out);
  }

  private static MessageBuffer begin(int type) {
    return new MessageBuffer().u8(VERSION).u32(HEADER_BYTES).u8(type);
  }

  private static byte[] end(MessageBuffer out) {
    out.putU32(1, out.size());
    return out.take();
  }

  private static void tlv(MessageBuffer out, int type, String text) {
    byte[] value = MessageBuffer.utf8(text, MOST_TEXT_BYTES);
    out.u16(type).u16(value.length).bytes(value);
  }
}
