package io.landfall.bfd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bfd.BfdPacket.AuthenticationSection;
import io.landfall.bfd.BfdPacket.Flag;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes of RFC 5880 sections 4.1 and 4.4. */
class BfdCodecTest {
  private static final BfdPacket PACKET =
      new BfdPacket(
          Diagnostic.NEIGHBOR_SIGNALED_DOWN,
          BfdState.UP,
          Flags.of(Flag.POLL, Flag.CONTROL_PLANE_INDEPENDENT),
          3,
          0x01020304,
          0x05060708,
          new Intervals(200_000, 0xffff_ffffL, 0),
          Optional.empty());

  @Test
  void eachFieldIsWhereTheRfcHasIt() {
    assertThat(HexFormat.of().formatHex(BfdCodec.encode(PACKET)))
        .isEqualTo("23e803180102030405060708" + "00030d40" + "ffffffff" + "00000000");
    assertThat(BfdCodec.decode(BfdCodec.encode(PACKET)))
        .isEqualTo(new BfdCodec.Decoding.Read(PACKET));
  }

  @Test
  void theSectionOfMeticulousKeyedSha1FollowsTheHeader() {
    BfdPacket signed =
        new BfdPacket(
            PACKET.diagnostic(),
            PACKET.state(),
            PACKET.flags(),
            3,
            1,
            2,
            PACKET.intervals(),
            Optional.of(
                new AuthenticationSection(
                    AuthenticationType.METICULOUS_KEYED_SHA1, 7, 0x0a0b0c0d)));
    byte[] bytes = BfdCodec.encode(signed);
    new AuthenticationKey(7, new byte[] {1}).sign(bytes);
    assertThat(bytes).hasSize(52);
    assertThat(HexFormat.of().formatHex(bytes, 24, 32)).isEqualTo("051c07000a0b0c0d");
    assertThat(bytes[1] & 0x04).as("the A bit").isNotZero();
    assertThat(BfdCodec.decode(bytes)).isEqualTo(new BfdCodec.Decoding.Read(signed));
    assertThat(new AuthenticationKey(7, new byte[] {1}).verifies(bytes)).isTrue();
    assertThat(new AuthenticationKey(7, new byte[] {2}).verifies(bytes)).isFalse();
  }

  @Test
  void aKeyHasATextFormThatDoesNotShowItAndABoundedLength() {
    assertThat(new AuthenticationKey(9, new byte[] {65})).hasToString("(BFD key 9)");
    assertThatThrownBy(() -> new AuthenticationKey(1, new byte[21]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AuthenticationKey(256, new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
