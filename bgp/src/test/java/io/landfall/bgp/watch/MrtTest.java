package io.landfall.bgp.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.core.Asn;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MRT records against the layouts of RFC 6396 and RFC 8050, byte for byte. */
class MrtTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final long TIME_MICROS = 1_700_000_000_123_456L;
  private static final int ASN = (int) 4_200_000_000L;
  private static final InetAddress A4 = InetAddress.ofLiteral("192.0.2.2");
  private static final InetAddress A6 = InetAddress.ofLiteral("2001:db8::2");

  private static String hex(byte[] record) {
    ByteBuffer buffer = ByteBuffer.wrap(record);
    assertThat(buffer.getInt(0)).as("seconds").isEqualTo(1_700_000_000);
    assertThat(buffer.getInt(8)).as("length").isEqualTo(record.length - 12);
    return HEX.formatHex(record, 4, 8) + ":" + HEX.formatHex(record, 12, record.length);
  }

  @Test
  void theIndexNamesCollectorAndPeers() {
    List<Mrt.IndexedPeer> peers =
        List.of(
            new Mrt.IndexedPeer(0x0a200002, A4, new Asn(ASN)),
            new Mrt.IndexedPeer(3, A6, new Asn(ASN)));
    assertThat(hex(Mrt.peerIndexTable(TIME_MICROS, 0x0a200001, "fra", peers)))
        .isEqualTo(
            "000d0001:"
                + "0a200001"
                + "0003"
                + "667261"
                + "0002"
                + "020a200002c0000202fa56ea00"
                + "030000000320010db8000000000000000000000002fa56ea00");
  }

  @Test
  void aRibRecordHoldsThePathsOfAPrefix() {
    Mrt.PrefixBytes prefix =
        new Mrt.PrefixBytes(Family.IPV4_UNICAST, 32, new byte[] {10, 32, 1, 10});
    List<Mrt.Entry> entries = List.of(new Mrt.Entry(1, 0x01020304, 9, new byte[] {0x40, 1, 1, 0}));
    assertThat(hex(Mrt.rib(TIME_MICROS, 5, prefix, false, entries)))
        .isEqualTo("000d0002:" + "00000005" + "200a20010a" + "0001" + "000101020304000440010100");
    assertThat(hex(Mrt.rib(TIME_MICROS, 5, prefix, true, entries)))
        .as("RFC 8050 puts the path identifier behind the time")
        .isEqualTo(
            "000d0008:" + "00000005" + "200a20010a" + "0001" + "00010102030400000009000440010100");
  }

  @Test
  void ipv6RecordsHaveSubtypesOfTheirOwn() {
    byte[] address = A6.getAddress();
    Mrt.PrefixBytes prefix = new Mrt.PrefixBytes(Family.IPV6_UNICAST, 128, address);
    assertThat(hex(Mrt.rib(TIME_MICROS, 0, prefix, false, List.of())))
        .isEqualTo("000d0004:" + "00000000" + "80" + HEX.formatHex(address) + "0000");
    assertThat(hex(Mrt.rib(TIME_MICROS, 0, prefix, true, List.of()))).startsWith("000d000a:");
    Mrt.PrefixBytes shorter = new Mrt.PrefixBytes(Family.IPV6_UNICAST, 33, address);
    assertThat(hex(Mrt.rib(TIME_MICROS, 0, shorter, false, List.of())))
        .as("as many bytes as the length needs")
        .isEqualTo("000d0004:" + "00000000" + "2120010db800" + "0000");
  }

  @Test
  void messagesAndChangesOfStateHaveMicroseconds() {
    Mrt.Session session =
        new Mrt.Session(new Asn(ASN), new Asn(ASN), A4, InetAddress.ofLiteral("192.0.2.1"));
    String who = "0001e240" + "fa56ea00fa56ea00" + "0000" + "0001" + "c0000202c0000201";
    byte[] message = {1, 2, 3};
    assertThat(hex(Mrt.message(TIME_MICROS, session, message, false)))
        .isEqualTo("00110004:" + who + "010203");
    assertThat(hex(Mrt.message(TIME_MICROS, session, message, true)))
        .isEqualTo("00110009:" + who + "010203");
    assertThat(hex(Mrt.stateChange(TIME_MICROS, session, Mrt.OPEN_CONFIRM, Mrt.ESTABLISHED)))
        .isEqualTo("00110005:" + who + "00050006");
  }

  @Test
  void bothAddressesHaveThePeersFamily() {
    Mrt.Session unknown =
        new Mrt.Session(Asn.of(1), Asn.of(1), A6, InetAddress.ofLiteral("0.0.0.0"));
    assertThat(hex(Mrt.stateChange(TIME_MICROS, unknown, 6, 1)))
        .isEqualTo(
            "00110005:0001e240"
                + "0000000100000001"
                + "0000"
                + "0002"
                + "20010db8000000000000000000000002"
                + "00".repeat(16)
                + "00060001");
  }
}
