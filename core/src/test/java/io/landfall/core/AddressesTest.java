package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @Test
  void readsADottedQuad() {
    assertThat(Addresses.parseLiteral("10.32.1.255"))
        .hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(10, 32, 1, 255));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "10.32.1",
        "10.32.1.",
        ".10.32.1",
        "10.32.1.2.3",
        "10.32.1.256",
        "10.32.01.2",
        "10.32.1.-2",
        "10.32.1.+2",
        "0x0a.32.1.2",
        " 10.32.1.2",
        "10.32.1.2 ",
        "10.32.1.0002",
        "localhost",
        "10.32.1.2/32",
        "\uFF11\uFF10.32.1.2"
      })
  void refusesWhatIsNoDottedQuad(String text) {
    assertThat(Addresses.parseLiteral(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "fd00::g",
        "fd00::1%eth0",
        "[fd00::1]",
        "fd00::12345",
        "fd00::1/128",
        ".:1",
        "fd00:localhost",
        "\uFF11::1"
      })
  void refusesWhatIsNoIpv6LiteralWithoutAskingAResolver(String text) {
    assertThat(Addresses.parseLiteral(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"::ffff:10.32.1.2", "::ffff:a20:102", "0:0:0:0:0:ffff:10.32.1.2"})
  void refusesAnIpv4MappedAddressBecauseItIsNoAddressOfAnIpv6Link(String text) {
    assertThat(Addresses.parseLiteral(text)).isEmpty();
  }

  /** RFC 5952 section 4: each rule by its number. */
  @ParameterizedTest(name = "{2}: {0} is written {1}")
  @CsvSource({
    "2001:0db8::0001,               2001:db8::1,            4.1 no leading zeros",
    "2001:db8:0:0:0:0:2:1,          2001:db8::2:1,          4.2.1 as short as can be",
    "2001:db8:0:1:1:1:1:1,          2001:db8:0:1:1:1:1:1,   4.2.2 one zero group stays",
    "2001:0:0:1:0:0:0:1,            2001:0:0:1::1,          4.2.3 the longest run",
    "2001:db8:0:0:1:0:0:1,          2001:db8::1:0:0:1,      4.2.3 the first of equals",
    "2001:DB8:AAAA::1,              2001:db8:aaaa::1,       4.3 lower case",
    "0:0:0:0:0:0:0:0,               '::',                   all zeros",
    "0:0:0:0:0:0:0:1,               ::1,                    a run at the start",
    "fd00:0:0:0:0:0:0:0,            fd00::,                 a run at the end",
    "1:2:3:4:5:6:7:8,               1:2:3:4:5:6:7:8,        no run"
  })
  void writesIpv6AsRfc5952Says(String text, String expected, String rule) {
    assertThat(Addresses.parseLiteral(text).map(Addresses::format)).as(rule).hasValue(expected);
  }

  @Test
  void writesIpv4WithUnsignedParts() {
    assertThat(Addresses.format(HexFormat.of().parseHex("ff80007f"))).isEqualTo("255.128.0.127");
  }
}
