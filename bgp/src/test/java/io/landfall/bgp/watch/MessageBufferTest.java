package io.landfall.bgp.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Numbers, zeros and texts in network byte order, in a buffer that grows. */
class MessageBufferTest {
  @Test
  void numbersHaveTheirHighestByteFirst() {
    MessageBuffer buffer = new MessageBuffer().zeros(5).u8(9);
    buffer.putU32(1, 0x81929394);
    assertThat(buffer.take())
        .containsExactly(0, (byte) 0x81, (byte) 0x92, (byte) 0x93, (byte) 0x94, 9);
    assertThat(new MessageBuffer().u16(0x8182).u32(0x91929394).u64(0xa1a2a3a4a5a6a7a8L).take())
        .isEqualTo(java.util.HexFormat.of().parseHex("8182" + "91929394" + "a1a2a3a4a5a6a7a8"));
  }

  @Test
  void itGrowsWithBytesZerosAndTexts() {
    for (int before = 0; before < 600; before++) {
      MessageBuffer bytes = new MessageBuffer();
      for (int i = 0; i < before; i++) {
        bytes.u8(1);
      }
      byte[] all = bytes.zeros(300).bytes(new byte[] {7, 8}).text("é", 2).u8(9).take();
      byte[] expected = new byte[before + 305];
      Arrays.fill(expected, 0, before, (byte) 1);
      System.arraycopy(
          new byte[] {7, 8, (byte) 0xc3, (byte) 0xa9, 9}, 0, expected, before + 300, 5);
      assertThat(all).isEqualTo(expected);
      assertThat(bytes.size()).isEqualTo(expected.length);
    }
  }

  @Test
  void zerosThatWereLeftFreeAreFilledInWhereverTheyStand() {
    byte[] expected = new byte[1_000];
    expected[996] = 1;
    expected[999] = 4;
    MessageBuffer buffer = new MessageBuffer().zeros(1_000);
    buffer.putU32(996, 0x01000004);
    assertThat(buffer.take()).isEqualTo(expected);
  }

  @Test
  void aTextIsCutBeforeTheCharacterThatDoesNotFit() {
    String text = "aé€";
    String[] byLength = {"", "a", "a", "aé", "aé", "aé", "aé€", "aé€"};
    for (int most = 0; most < byLength.length; most++) {
      assertThat(new String(MessageBuffer.utf8(text, most), StandardCharsets.UTF_8))
          .isEqualTo(byLength[most]);
    }
    assertThat(MessageBuffer.utf8("€", 2)).isEmpty();
  }

  @Test
  void aPeerIsTheLocRibOrASession() {
    assertThat(BmpPeer.locRib(Asn.of(7), 1).isLocRib()).isTrue();
    assertThat(BmpPeer.session(InetAddress.ofLiteral("192.0.2.1"), Asn.of(7), 1).isLocRib())
        .isFalse();
  }
}
