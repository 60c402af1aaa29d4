package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The BGP Identifier of a node, and back. */
class BgpIdentifierTest {
  /** Each byte has another value, and a high bit. */
  @ParameterizedTest
  @CsvSource({
    "10.161.178.0/23, 10.161.179.196, 0aa1b3c4, 10.161.179.196",
    "129.2.131.0/24, 129.2.131.4, 81028304, 129.2.131.4",
    "fd00:32::/104, fd00:32::a1:b2c3, 0aa1b2c3, 10.161.178.195"
  })
  void itIsTheIdentityOrTenAndTheOffset(String block, String node, String bits, String text) {
    Block of = Block.parse(block);
    int identifier = BgpIdentifier.of(of.parseHost(node));
    assertThat(identifier).isEqualTo(Integer.parseUnsignedInt(bits, 16));
    assertThat(BgpIdentifier.text(identifier)).isEqualTo(text);
    assertThat(BgpIdentifier.offsetOf(of, identifier)).isEqualTo(of.parseHost(node).offset());
  }

  @Test
  void anotherOneIsOfNoHostOfTheBlock() {
    Block four = Block.parse("10.32.0.0/23");
    assertThat(BgpIdentifier.offsetOf(four, 0x0a2001ff)).isEqualTo(511);
    for (int other : new int[] {0x0a200200, 0x0b200001, 0x0a210001, 0x0a1fffff, 0}) {
      assertThat(BgpIdentifier.offsetOf(four, other)).as(BgpIdentifier.text(other)).isEqualTo(-1);
    }
    Block six = Block.parse("fd00:32::/112");
    assertThat(BgpIdentifier.offsetOf(six, 0x0a00ffff)).isEqualTo(0xffff);
    for (int other : new int[] {0x0a010000, 0x0b000001, 1}) {
      assertThat(BgpIdentifier.offsetOf(six, other)).as(BgpIdentifier.text(other)).isEqualTo(-1);
    }
  }
}
