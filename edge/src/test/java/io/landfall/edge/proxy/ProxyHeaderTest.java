package io.landfall.edge.proxy;

import static io.landfall.edge.proxy.ProxyHeaders.ipv4;
import static io.landfall.edge.proxy.ProxyHeaders.tlv;
import static io.landfall.edge.proxy.ProxyHeaders.v2;
import static io.landfall.edge.proxy.ProxyHeaders.withChecksum;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.ClientAddresses;
import io.landfall.edge.ProxyFault;
import io.landfall.edge.ProxyProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY headers as they are read and written (haproxy.org, proxy-protocol.txt). */
class ProxyHeaderTest {
  private static final String USUAL = "192.0.2.7:4711 198.51.100.1:443";

  /** What one is read as: the addresses, "own" for the connection's, "more", or the fault. */
  static String read(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      ProxyHeader header = ProxyHeader.read(in);
      if (header == null) {
        assertThat(in.readerIndex()).isZero();
        return "more";
      }
      return header.client().map(ClientAddresses::text).orElse("own");
    } catch (BadProxyHeader e) {
      return e.fault().name();
    }
  }

  private static String line(String text) {
    return read((text + "\r\n").getBytes(ISO_8859_1));
  }

  @Test
  void linesOfVersion1() {
    assertThat(line("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443")).isEqualTo(USUAL);
    assertThat(line("PROXY TCP6 2001:db8::7 2001:db8::1 4711 443"))
        .isEqualTo("[2001:db8::7]:4711 [2001:db8::1]:443");
    assertThat(line("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 4711 443")).isEqualTo(USUAL);
    assertThat(line("PROXY UNKNOWN")).isEqualTo("own");
    assertThat(line("PROXY UNKNOWN ffff:f...f:ffff 65535 65535")).isEqualTo("own");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.0.2.7 198.51.100.1 4711",
        "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443 1",
        "PROXY TCP4 192.0.2.7 198.51.100.1  4711 443",
        "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443 ",
        "PROXY TCP4 192.0.2.07 198.51.100.1 4711 443",
        "PROXY TCP4 192.0.2.7 198.51.100.1 04711 443",
        "PROXY TCP4 192.0.2.7 198.51.100.1 4711 65536",
        "PROXY TCP4 192.0.2.7 198.51.100.1 -1 443",
        "PROXY TCP4 2001:db8::7 2001:db8::1 4711 443",
        "PROXY TCP6 192.0.2.7 198.51.100.1 4711 443",
        "PROXY TCP6 fe80::1%eth0 2001:db8::1 4711 443",
        "PROXY TCP5 192.0.2.7 198.51.100.1 4711 443",
        "PROXY TCP4 localhost 198.51.100.1 4711 443",
        "PROXY UNKNOWNX",
        "PROXY "
      })
  void malformedLines(String text) {
    assertThat(line(text)).isEqualTo("MALFORMED");
  }

  @Test
  void aLineEndsWithBothOfItsBytesAndIsShort() {
    assertThat(read("PROXY UNKNOWN\n".getBytes(ISO_8859_1))).isEqualTo("MALFORMED");
    assertThat(read(("PROXY UNKNOWN " + "x".repeat(91) + "\r\n").getBytes(ISO_8859_1)))
        .isEqualTo("own");
    assertThat(read(("PROXY UNKNOWN " + "x".repeat(92) + "\r\n").getBytes(ISO_8859_1)))
        .isEqualTo("TOO_LONG");
  }

  @Test
  void aLineIsTooLongAsSoonAsItsBoundIsThereWithoutItsEnd() {
    assertThat(read(("PROXY UNKNOWN " + "x".repeat(92)).getBytes(ISO_8859_1))).isEqualTo("more");
    assertThat(read(("PROXY UNKNOWN " + "x".repeat(93)).getBytes(ISO_8859_1)))
        .isEqualTo("TOO_LONG");
  }

  @Test
  void aLineIsReadFromWhereItBeginsAndNotFurther() throws BadProxyHeader {
    String line = "PROXY TCP4 192.0.2.7 198.51.100.1 0 443\r\n";
    ByteBuf in = Unpooled.copiedBuffer("before" + line + "GET", ISO_8859_1).skipBytes(6);
    assertThat(requireNonNull(ProxyHeader.read(in)).client().map(ClientAddresses::text))
        .contains("192.0.2.7:0 198.51.100.1:443");
    assertThat(in.toString(ISO_8859_1)).isEqualTo("GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1", "proxy TCP4", "\u0016\u0003\u0001", "PROXX", "\r\nQ"})
  void whatIsNoHeader(String text) {
    assertThat(read(text.getBytes(ISO_8859_1))).isEqualTo("NO_HEADER");
  }

  @Test
  void headersOfVersion2() {
    assertThat(read(ipv4())).isEqualTo(USUAL);
    byte[] ipv6 = new byte[36];
    ipv6[15] = 1;
    ipv6[31] = 2;
    ipv6[33] = 3;
    ipv6[35] = 4;
    assertThat(read(v2(0x21, 0x21, ipv6))).isEqualTo("[::1]:3 [::2]:4");
    assertThat(read(v2(0x20, 0, new byte[0]))).isEqualTo("own");
    assertThat(read(v2(0x20, 0x11, new byte[12]))).isEqualTo("own");
    assertThat(read(v2(0x21, 0, new byte[0]))).isEqualTo("own");
    assertThat(read(v2(0x21, 0, tlv(4, new byte[7])))).isEqualTo("own");
    assertThat(read(v2(0x21, 0x31, new byte[216]))).isEqualTo("own");
    assertThat(read(v2(0x21, 0x12, new byte[12]))).isEqualTo("own");
  }

  @Test
  void tlvsAreSkippedAndAChecksumIsChecked() {
    assertThat(read(ipv4(tlv(2, "shop.test".getBytes(ISO_8859_1)), tlv(4, new byte[0]))))
        .isEqualTo(USUAL);
    assertThat(read(withChecksum(true))).isEqualTo(USUAL);
    assertThat(read(withChecksum(false))).isEqualTo("CHECKSUM");
    assertThat(read(ipv4(tlv(3, new byte[3])))).isEqualTo("MALFORMED");
    assertThat(read(ipv4(new byte[] {2, 0, 1}))).isEqualTo("MALFORMED");
    assertThat(read(ipv4(new byte[] {2, 0}))).isEqualTo("MALFORMED");
  }

  @ParameterizedTest
  @CsvSource({"0x11, 0x11", "0x22, 0x11", "0x2f, 0x11", "0x21, 0x41", "0x21, 0x13"})
  void reservedValuesAreMalformed(String command, String family) {
    byte[] header = v2(Integer.decode(command), Integer.decode(family), new byte[12]);
    assertThat(read(header)).isEqualTo("MALFORMED");
  }

  @Test
  void addressesThatAreNotThereAreMalformed() {
    assertThat(read(v2(0x21, 0x11, new byte[11]))).isEqualTo("MALFORMED");
    assertThat(read(v2(0x21, 0x21, new byte[12]))).isEqualTo("MALFORMED");
  }

  @Test
  void aHeaderHasABound() {
    assertThat(read(ipv4(tlv(4, new byte[4096 - 16 - 12 - 3])))).isEqualTo(USUAL);
    assertThat(read(ipv4(tlv(4, new byte[4096 - 16 - 12 - 2])))).isEqualTo("TOO_LONG");
    // Known from its length, before it has come.
    assertThat(read(java.util.Arrays.copyOf(v2(0x20, 0, new byte[4081]), 16)))
        .isEqualTo("TOO_LONG");
  }

  @Test
  void everyStartOfAHeaderWaitsForMore() {
    byte[] text = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n".getBytes(ISO_8859_1);
    for (byte[] header : new byte[][] {text, withChecksum(true)}) {
      for (int length = 0; length < header.length; length++) {
        assertThat(read(java.util.Arrays.copyOf(header, length))).isEqualTo("more");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void whatIsWrittenIsReadTheSame(ProxyProtocol version) {
    for (String text :
        new String[] {USUAL, "[2001:db8::7]:1 [2001:db8::1]:65535", "192.0.2.7:1 192.0.2.8:2"}) {
      Optional<ClientAddresses> client = ClientAddresses.parse(text);
      assertThat(client).isPresent();
      assertThat(read(ProxyPreface.of(version, client.get()))).isEqualTo(text);
    }
    assertThat(read(ProxyPreface.of(version, null))).isEqualTo("own");
  }

  @Test
  void endsOfTwoFamiliesAreWrittenAsOne() {
    ClientAddresses client = ClientAddresses.parse("192.0.2.7:1 [2001:db8::1]:2").orElseThrow();
    assertThat(new String(ProxyPreface.of(ProxyProtocol.V1, client), ISO_8859_1))
        .isEqualTo("PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 1 2\r\n");
    assertThat(read(ProxyPreface.of(ProxyProtocol.V1, client))).isEqualTo(client.text());
    assertThat(read(ProxyPreface.of(ProxyProtocol.V2, client))).isEqualTo(client.text());
    ClientAddresses other = ClientAddresses.parse("[2001:db8::1]:2 192.0.2.7:1").orElseThrow();
    assertThat(new String(ProxyPreface.of(ProxyProtocol.V1, other), ISO_8859_1))
        .isEqualTo("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.7 2 1\r\n");
    assertThat(read(ProxyPreface.of(ProxyProtocol.V2, other))).isEqualTo(other.text());
  }

  @Test
  void endsOfIpv4AreWrittenAsThose() {
    ClientAddresses client = ClientAddresses.parse(USUAL).orElseThrow();
    assertThat(new String(ProxyPreface.of(ProxyProtocol.V1, client), ISO_8859_1))
        .isEqualTo("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n");
    assertThat(ProxyPreface.of(ProxyProtocol.V2, client)).isEqualTo(ipv4());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "192.0.2.7:1", "192.0.2.7 192.0.2.8:1", "::1:1 ::1:2", "a:1 b:2"})
  void otherTextsOfNodesAreNoAddresses(String text) {
    assertThat(ClientAddresses.parse(text)).isEmpty();
  }

  @Test
  void everyFaultHasWords() {
    for (ProxyFault fault : ProxyFault.values()) {
      assertThat(fault.text()).isNotBlank();
    }
  }
}
