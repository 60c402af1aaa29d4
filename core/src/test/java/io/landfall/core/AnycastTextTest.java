package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnycastTextTest {
  private static final Block BLOCK = Block.parse("10.254.0.0/16");

  @ParameterizedTest
  @CsvSource({
    "198.51.100.0/24, 198.51.100.0, 24",
    // The longest and the shortest of each family.
    "198.51.100.7/32, 198.51.100.7, 32",
    "8.0.0.0/8, 8.0.0.0, 8",
    "2001:db8:1::/48, 2001:db8:1::, 48",
    "2001:db8::1/128, 2001:db8::1, 128",
    "2001::/16, 2001::, 16",
    // Next to what may not be announced.
    "126.0.0.0/8, 126.0.0.0, 8",
    "128.0.0.0/8, 128.0.0.0, 8",
    "223.0.0.0/8, 223.0.0.0, 8",
    "1.0.0.0/8, 1.0.0.0, 8",
    "169.253.0.0/16, 169.253.0.0, 16",
    "170.254.0.0/16, 170.254.0.0, 16",
    "fe00::/16, fe00::, 16",
    "fec0::/16, fec0::, 16",
    "fd80::/16, fd80::, 16",
    // One bit before the network's end.
    "198.51.100.128/25, 198.51.100.128, 25",
    "10.253.0.0/16, 10.253.0.0, 16",
  })
  void aUnicastPrefixWithoutHostBitsIsRead(String text, String network, int length) {
    assertThat(Addresses.format(AnycastText.network(text, BLOCK))).isEqualTo(network);
    assertThat(AnycastText.lengthBits(text)).isEqualTo(length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "198.51.100.0 | has no prefix length; write it as 198.51.100.0/24",
        "/24 | does not start with an IPv4 or IPv6 address",
        "example/24 | does not start with an IPv4 or IPv6 address",
        "198.51.100.0/ | has a prefix length that is not a number",
        "198.51.100.0/+24 | has a prefix length that is not a number",
        "198.51.100.0/0024 | has a prefix length that is not a number",
        "0.0.0.0/0 | is a default route, which is never announced",
        "::/0 | is a default route, which is never announced",
        "198.0.0.0/7 | has length 7, outside 8..32",
        "198.51.100.0/33 | has length 33, outside 8..32",
        "2001::/15 | has length 15, outside 16..128",
        "2001::/129 | has length 129, outside 16..128",
        "198.51.100.128/24 | has host bits set; the network address must end in zeros",
        "198.51.100.1/31 | has host bits set; the network address must end in zeros",
        "2001:db8:1::1/48 | has host bits set; the network address must end in zeros",
        "0.0.0.0/8 | is not in unicast space that can be announced",
        "127.0.0.0/8 | is not in unicast space that can be announced",
        "224.0.0.0/8 | is not in unicast space that can be announced",
        "240.0.0.0/8 | is not in unicast space that can be announced",
        "169.254.0.0/16 | is not in unicast space that can be announced",
        "::1/128 | is not in unicast space that can be announced",
        "ff00::/16 | is not in unicast space that can be announced",
        "fe80::/16 | is not in unicast space that can be announced",
        "febf::/16 | is not in unicast space that can be announced",
        "10.254.7.0/24 | overlaps the overlay block 10.254.0.0/16",
        "10.0.0.0/8 | overlaps the overlay block 10.254.0.0/16",
      })
  void anythingElseIsRefusedWithItsRule(String text, String rule) {
    assertThatThrownBy(() -> AnycastText.network(text, BLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 6, 7})
  void eachHostBitCounts(int bit) {
    String text = "198.51.100." + (1 << bit) + "/24";
    assertThatThrownBy(() -> AnycastText.network(text, BLOCK)).hasMessageContaining("host bits");
  }

  @Test
  void aLengthOfThreeDigitsIsANumber() {
    assertThat(AnycastText.lengthBits("2001:db8::/128")).isEqualTo(128);
  }
}
