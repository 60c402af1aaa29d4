package io.landfall.bgp.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.UpdateWriter;
import io.landfall.core.Asn;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** BMP messages against the layouts of RFC 7854 and RFC 9069, byte for byte. */
class BmpTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final long TIME_MICROS = 1_700_000_000_123_456L;
  private static final int ASN = (int) 4_200_000_000L;
  private static final BmpPeer PEER =
      BmpPeer.session(InetAddress.ofLiteral("192.0.2.2"), new Asn(ASN), 0x0a200002);
  private static final BmpPeer PEER6 =
      BmpPeer.session(InetAddress.ofLiteral("2001:db8::2"), new Asn(ASN), 0x0a200002);
  private static final byte[] NOTIFICATION =
      HEX.parseHex("ffffffffffffffffffffffffffffffff0015030602");

  /** Per-Peer Header without its first two bytes: distinguisher, address, AS, id, time. */
  private static final String REST =
      "0000000000000000"
          + "000000000000000000000000c0000202"
          + "fa56ea00"
          + "0a200002"
          + "6553f100"
          + "0001e240";

  private static String hex(byte[] message) {
    ByteBuffer buffer = ByteBuffer.wrap(message);
    assertThat(buffer.get()).as("version").isEqualTo((byte) 3);
    assertThat(buffer.getInt()).as("length").isEqualTo(message.length);
    return HEX.formatHex(message, 5, message.length);
  }

  private static String text(String text) {
    return HEX.formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void initiationNamesTheSystem() {
    assertThat(hex(Bmp.initiation("fra", "Landfall")))
        .isEqualTo("04" + "00010008" + text("Landfall") + "00020003" + text("fra"));
  }

  @Test
  void terminationGivesTheReasonLast() {
    assertThat(hex(Bmp.termination(Bmp.ADMINISTRATIVELY_CLOSED, "bye")))
        .isEqualTo("05" + "00000003" + text("bye") + "000100020000");
  }

  @Test
  void routeMonitoringHoldsTheUpdateAsItCame() {
    byte[] update = HEX.parseHex("ffffffffffffffffffffffffffffffff00170200000000");
    assertThat(hex(Bmp.routeMonitoring(PEER, TIME_MICROS, update)))
        .isEqualTo("00" + "0000" + REST + HEX.formatHex(update));
  }

  @Test
  void anIpv6PeerHasTheFlagAndSixteenBytes() {
    String message = hex(Bmp.routeMonitoring(PEER6, TIME_MICROS, new byte[0]));
    assertThat(message)
        .startsWith("00" + "0080" + "0000000000000000" + "20010db8000000000000000000000002");
  }

  @Test
  void peerUpHoldsBothEndsAndBothOpens() {
    byte[] sent = UpdateWriter.inventedOpen(new Asn(ASN), 0x0a200001, Family.IPV4_UNICAST, false);
    byte[] received =
        UpdateWriter.inventedOpen(new Asn(ASN), 0x0a200002, Family.IPV4_UNICAST, true);
    Bmp.Opening opening =
        new Bmp.Opening(
            new TcpEnd(InetAddress.ofLiteral("192.0.2.1"), 179),
            new TcpEnd(InetAddress.ofLiteral("192.0.2.2"), 40_000),
            sent,
            received);
    assertThat(hex(Bmp.peerUp(PEER, TIME_MICROS, opening)))
        .isEqualTo(
            "03"
                + "0000"
                + REST
                + "000000000000000000000000c0000201"
                + "00b3"
                + "9c40"
                + HEX.formatHex(sent)
                + HEX.formatHex(received));
  }

  @Test
  void aLocRibComesUpWithTwoInventedOpensAndItsName() {
    byte[] open = UpdateWriter.inventedOpen(new Asn(ASN), 0x0a200001, Family.IPV4_UNICAST, true);
    assertThat(HEX.formatHex(open))
        .as("4-octet AS, add-path both ways")
        .contains("4104fa56ea00")
        .contains("450400010103");
    String message =
        hex(Bmp.locRibUp(BmpPeer.locRib(new Asn(ASN), 0x0a200001), TIME_MICROS, open, "overlay"));
    assertThat(message)
        .startsWith("03" + "0300" + "0000000000000000" + "00".repeat(16) + "fa56ea00" + "0a200001")
        .endsWith("00".repeat(20) + HEX.formatHex(open).repeat(2) + "00030007" + text("overlay"));
  }

  @Test
  void peerDownSaysWhoEndedItAndHow() {
    String end = "02" + "0000" + REST;
    assertThat(hex(Bmp.peerDown(PEER, TIME_MICROS, down(false, 6, 2), NOTIFICATION)))
        .isEqualTo(end + "01" + HEX.formatHex(NOTIFICATION));
    assertThat(hex(Bmp.peerDown(PEER, TIME_MICROS, down(true, 6, 2), NOTIFICATION)))
        .isEqualTo(end + "03" + HEX.formatHex(NOTIFICATION));
    assertThat(hex(Bmp.peerDown(PEER, TIME_MICROS, down(true, 0, 0), new byte[0])))
        .isEqualTo(end + "04");
    assertThat(hex(Bmp.peerDown(PEER, TIME_MICROS, down(false, 8, 0), new byte[0])))
        .as("SendHoldTimer_Expires of RFC 9687")
        .isEqualTo(end + "02001d");
    assertThat(hex(Bmp.peerDown(PEER, TIME_MICROS, down(false, 4, 0), new byte[0])))
        .as("HoldTimer_Expires")
        .isEqualTo(end + "02000a");
    assertThat(hex(Bmp.peerDown(PEER, TIME_MICROS, down(false, 0, 0), new byte[0])))
        .isEqualTo(end + "020000");
  }

  private static DownReason down(boolean byPeer, int code, int subcode) {
    return new DownReason(byPeer ? DownReason.By.PEER : DownReason.By.US, code, subcode, "");
  }

  @Test
  void statisticsAreCountersAndGauges() {
    List<BmpStatistic> list =
        List.of(
            new BmpStatistic.Counter(BmpStatistic.REJECTED_BY_POLICY, 7),
            new BmpStatistic.Gauge(BmpStatistic.ADJ_RIB_IN_ROUTES, 1L << 32),
            new BmpStatistic.FamilyGauge(
                BmpStatistic.FAMILY_LOC_RIB_ROUTES, Family.IPV6_UNICAST, 3));
    assertThat(hex(Bmp.statistics(PEER, TIME_MICROS, list)))
        .isEqualTo(
            "01"
                + "0000"
                + REST
                + "00000003"
                + "0000000400000007"
                + "000700080000000100000000"
                + "000a000b0002010000000000000003");
  }

  @Test
  void aTextThatIsTooLongIsCutAtACharactersEdge() {
    byte[] message = Bmp.initiation("é".repeat(200), "");
    byte[] name = Arrays.copyOfRange(message, 6 + 4 + 4, message.length);
    assertThat(new String(name, StandardCharsets.UTF_8)).isEqualTo("é".repeat(127));
  }
}
