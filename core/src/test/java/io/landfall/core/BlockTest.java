package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockTest {
  private static final Block V4 = Block.parse("10.32.0.0/23");
  private static final Block V6 = Block.parse("fd00:32::/112");

  @Test
  void knowsItsFamilyAndSize() {
    assertThat(V4.isIpv4()).isTrue();
    assertThat(V4.hostLength()).isEqualTo(32);
    assertThat(V4.prefixLength()).isEqualTo(23);
    assertThat(V4.size()).isEqualTo(512);
    assertThat(V6.isIpv4()).isFalse();
    assertThat(V6.hostLength()).isEqualTo(128);
    assertThat(V6.size()).isEqualTo(65536);
  }

  @Test
  void theSmallestBlockIsOneHostAndTheLargestHasTwentyFourHostBits() {
    assertThat(Block.parse("10.32.0.7/32").size()).isEqualTo(1);
    assertThat(Block.parse("10.0.0.0/8").size()).isEqualTo(1 << 24);
    assertThat(Block.parse("fd00::/104").size()).isEqualTo(1 << 24);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "10.32.0.0,       no prefix length",
    "10.32.0.0/,      not a number",
    "10.32.0.0/x,     not a number",
    "10.32.0.0/+23,   not a number",
    "10.32.0.0/-1,    not a number",
    "10.32.0.0/9999,  not a number",
    "10.32.0.0/33,    outside 0..32",
    "fd00::/129,      outside 0..128",
    "10.32.0.0/7,     too large",
    "0.0.0.0/0,       too large",
    "fd00::/103,      too large",
    "::/0,            too large",
    "10.32.1.0/23,    host bits set",
    "10.32.0.1/31,    host bits set",
    "fd00::1/112,     host bits set",
    "shop/23,         does not start with",
    "/23,             does not start with"
  })
  void refusesAWrongBlockAndNamesTheRule(String text, String rule) {
    assertThatThrownBy(() -> Block.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void refusesAnAddressThatIsNeitherFourNorSixteenBytes() {
    assertThatThrownBy(() -> Block.of(new byte[5], 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 or 16 bytes");
  }

  @Test
  void aHostIsItsOffsetFromTheNetworkAddress() {
    assertThat(V4.host(0)).hasToString("10.32.0.0");
    assertThat(V4.host(266)).hasToString("10.32.1.10").isEqualTo(V4.parseHost("10.32.1.10"));
    assertThat(V6.host(0x1_00a)).hasToString("fd00:32::100a");
  }

  @Test
  void anAddressOutsideHasNoValue() {
    assertThat(V4.host(new byte[] {10, 32, 2, 0})).isEmpty();
    assertThat(V4.host(new byte[] {10, 31, -1, -1})).isEmpty();
    assertThat(V4.offsetOf(new byte[16])).isEqualTo(-1);
    assertThat(V6.offsetOf(new byte[] {10, 32, 0, 1})).isEqualTo(-1);
    assertThatThrownBy(() -> V4.host(512)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> V4.host(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> V4.parseHost("10.32.2.0")).hasMessageContaining("outside the block");
  }

  @Test
  void aPrefixShorterThanAHostHasNoValue() {
    assertThatThrownBy(() -> V4.parseHost("10.32.1.0/24"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an IPv4 or IPv6 address literal");
    assertThatThrownBy(() -> V4.parseHost("0.0.0.0/0")).isInstanceOf(RuntimeException.class);
  }

  @ParameterizedTest(name = "{0}/{1} overlaps: {2}")
  @CsvSource({
    "10.32.0.0,   23, true",
    "10.32.1.0,   24, true",
    "10.32.1.10,  32, true",
    "10.0.0.0,     8, true",
    "0.0.0.0,      0, true",
    "10.32.2.0,   23, false",
    "10.31.0.0,   16, false",
    "198.51.100.0,24, false",
    "'::',         0, false",
    "fd00:32::,  112, false"
  })
  void overlapsWhateverSharesAnAddress(String network, int length, boolean expected) {
    byte[] bytes = Addresses.parseLiteral(network).orElseThrow();
    assertThat(V4.overlaps(bytes, length)).isEqualTo(expected);
  }

  @Test
  void itsStateCannotBeReachedThroughArrays() {
    byte[] given = {10, 32, 0, 0};
    Block block = Block.of(given, 23);
    given[0] = 11;
    block.network()[0] = 12;
    block.host(5).bytes()[0] = 13;
    assertThat(block).isEqualTo(V4).hasSameHashCodeAs(V4).hasToString("10.32.0.0/23");
  }

  @Test
  void anotherNetworkOrLengthIsAnotherBlock() {
    assertThat(V4)
        .isNotEqualTo(Block.parse("10.32.0.0/24"))
        .isNotEqualTo(Block.parse("10.34.0.0/23"));
    assertThat(V4.equals(new Object())).isFalse();
  }

  @Test
  void aMessageTellsTheBytesAndThePrefixThatWouldDo() {
    assertThatThrownBy(() -> Block.of(new byte[5], 32)).hasMessageEndingWith("not 5");
    assertThatThrownBy(() -> Block.parse("fd00::/64"))
        .hasMessage(
            "the block is too large: a /64 has more than 24 host bits; use a /104 or longer");
  }
}
